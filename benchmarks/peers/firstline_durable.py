"""Firstline with its durable engine: `decide`, from the text as written to the reply."""

from benchmarks.peers import firstline
from benchmarks.peers.stopwatch import run

if __name__ == "__main__":
    run(lambda rules: firstline.build(rules, engine="durable"))
