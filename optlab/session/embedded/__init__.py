"""What an experiment brings along: own rules, surfaces and schedules, tables, recordings."""
