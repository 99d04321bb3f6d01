"""The rule engine's speed and memory, each figure beside what it is compared with."""
