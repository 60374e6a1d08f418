"""Order, retries, schedule, settings: the only room that knows Prefect."""

from flows.environment import set_defaults

# Here, because a flow can be imported by a Prefect worker as well as by the command line.
set_defaults()
