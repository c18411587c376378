"""The parts of the page Retention, by idea: which cut, its cells, two of them, their people."""
