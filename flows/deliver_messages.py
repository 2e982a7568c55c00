"""The outbox: mails and webhooks that are due go out; what cannot be delivered for three days is parked."""

from prefect import flow
from prefect.client.schemas.objects import State

from blocks.services import MESSAGES, open_services
from domain.report import RunReport
from tasks.messages import deliver_messages as deliver_due
from tasks.reporting import final_state, publish


@flow(name="deliver-messages", flow_run_name="deliver-messages")
def deliver_messages() -> State[RunReport]:
    """Deliver every mail and webhook that is due."""
    report = RunReport("deliver-messages")
    with open_services(*MESSAGES) as services:
        report.parked = deliver_due(services)
        publish(report, services)
    return final_state(report)
