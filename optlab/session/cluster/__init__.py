"""Maps, studies and comparisons on other machines: documents go out, numbers come back."""
