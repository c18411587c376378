"""The parts of the page Customer, which `app/views/customer.py` puts together."""
