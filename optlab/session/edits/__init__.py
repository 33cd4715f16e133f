"""What a person changes, from document to document: runs, models and data, rules; undo."""
