"""What runs where and when: set-up of Prefect, and the local server that the demo and small installations use."""
