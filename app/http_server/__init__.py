"""The HTTP server of `make run`: waitress with limits for slow, silent and numerous clients.

One thread reads all requests and writes all responses, so that no client holds a thread of the app.
"""
