"""What can happen to a ticket next."""

from alongside.desk.models import Ticket

NEXT: dict[str, tuple[str, ...]] = {
    Ticket.State.WAITING: (Ticket.State.WITH, Ticket.State.AWAY, Ticket.State.LEFT),
    Ticket.State.AWAY: (Ticket.State.WAITING, Ticket.State.LEFT),
    Ticket.State.WITH: (Ticket.State.LEFT, Ticket.State.WAITING),
    Ticket.State.LEFT: (Ticket.State.WAITING,),
}
