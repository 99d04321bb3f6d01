"""Webhooks: what rules ask of other people's servers, asked with care."""
