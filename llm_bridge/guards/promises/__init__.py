"""Whether an answer promises what nobody will do."""
