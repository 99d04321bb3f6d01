"""Registers the console's pages; each lives in the module that its subject has here."""

from chatbot.desk import accounts, api_keys, principles, records, sites

__all__ = ["accounts", "api_keys", "principles", "records", "sites"]
