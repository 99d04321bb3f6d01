"""The console's pages of model releases: set up, try, publish, go back, watch."""
