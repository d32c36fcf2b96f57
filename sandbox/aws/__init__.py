"""AWS on one laptop: MiniStack for everything, moto's interpreter for the executions of the state machines.

adapting.py, ministack_*.py and stepfunctions_engine.py run in the engines' own environments and import no more of ours.
"""
