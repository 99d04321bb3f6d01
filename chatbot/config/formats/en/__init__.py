"""How dates read in the console, by language."""
