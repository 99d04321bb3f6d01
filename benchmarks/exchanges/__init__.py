"""What an exchange costs: the whole server over real sockets, beside two yardsticks."""
