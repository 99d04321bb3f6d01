"""Firstline with its reference evaluator, which knows no index."""

from benchmarks.peers import firstline
from benchmarks.peers.stopwatch import run

if __name__ == "__main__":
    run(lambda rules: firstline.build(rules, engine="reference"))
