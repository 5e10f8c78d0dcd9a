"""Who a request is: by an access token, by the user name of a proxy, or by a password."""
