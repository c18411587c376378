"""The commands of stayhouse, one a file: arguments in, sentences out. Nothing imports them."""
