"""What advisers see of e-mail: what came in and went out, whole, in pieces, and what nobody was answered for."""
