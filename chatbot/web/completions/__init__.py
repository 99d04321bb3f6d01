"""The OpenAI-compatible endpoint: any client of that protocol talks to the whole hybrid.

A bare ASGI application like the socket: Django's middleware would cost most of a call, and a
stream needs the client's hanging up as it happens.
"""
