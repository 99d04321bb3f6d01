"""Findings: what is worth saying about a rulebook before it is published."""
