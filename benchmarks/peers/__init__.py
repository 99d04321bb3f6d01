"""Firstline and its peers on the same rules and messages; peers are no dependencies of ours."""
