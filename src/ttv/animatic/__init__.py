"""The built-in film-maker: reads a prompt and draws what it says, on the CPU, by seed."""
