"""Settings become opened back ends here and nowhere else: the only composition root.

A file for what is opened together, so that `ttv render` never loads the HTTP stack.
"""
