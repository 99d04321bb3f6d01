"""What Firstline measures about itself, and beside its peers: see README.md."""
