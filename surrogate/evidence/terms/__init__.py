"""Response terms that the data itself can show: fatigue, pull-forward, cannibalisation, each judged before use."""
