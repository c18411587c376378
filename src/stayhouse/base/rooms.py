"""The rooms of the house, and the floor that each stands on: data goes up and never comes down."""

# A model reads its own room and public models of lower floors.
FLOORS = {
    "staging": 0,
    "core": 1,
    "features": 2,
    "retention": 3,
    "behavior": 3,
    "segments": 3,
    "feedback": 3,
    "churn": 4,
    "value": 4,
    "recommendations": 4,
    "experiments": 4,
    "strategy": 5,
}
