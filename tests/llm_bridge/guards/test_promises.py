"""No promise passes unless a source states it."""

from __future__ import annotations

import pytest

from llm_bridge.guards.policy import GuardPolicy
from llm_bridge.guards.promises.guard import keep_promises
from llm_bridge.guards.verdicts import Passed, Withheld, build_context
from llm_bridge.values import Source

ARTICLE = Source(
    title="Delivery",
    url="",
    text="You get an e-mail with a tracking link as soon as your parcel is with the carrier. "
    "We refund the delivery charge if you send back the whole order.",
    score=1.0,
    article_id=1,
)
TOOL = Source("order", "", '{"order": "AB-123456", "status": "cancelled"}', 1.0, 0, kind="tool")
CONTEXT = build_context(question="?", language="en", sources=(ARTICLE,))
PROMISES = """
We will e-mail you the details.
I have refunded your order.
I've booked a repair for you.
Someone will call you tomorrow.
I'll cancel that for you right away.
Your order has been cancelled.
I am processing your refund now.
Our team will contact you soon.
Let me cancel this for you.
I promise that it works.
Ich werde Ihnen eine E-Mail schicken.
Wir haben Ihre Bestellung storniert.
Ihre Bestellung wurde storniert.
Jemand wird Sie anrufen.
Je vais vous rembourser.
J'ai annulé votre commande.
Nous vous contacterons demain.
Voy a cancelar su pedido.
Hemos reembolsado su pedido.
Su pedido ha sido cancelado.
La contatteremo domani.
Ho annullato il suo ordine.
Ik zal u een e-mail sturen.
Ik heb uw bestelling geannuleerd.
Vou cancelar o seu pedido.
Já cancelei o seu pedido.
"""
FACTS = """
You will receive an e-mail with a tracking link.
We will refund the delivery charge if you send back the whole order.
I'm happy to help you.
I cannot cancel your order.
You can cancel your order.
I will explain how it works.
Would you like me to call a colleague?
Sie können Ihre Bestellung stornieren.
Vous pouvez annuler votre commande.
Puede cancelar su pedido.
U kunt uw bestelling annuleren.
"""


@pytest.mark.parametrize("sentence", PROMISES.strip().splitlines())
def test_a_promise_is_withheld(sentence: str) -> None:
    verdict = keep_promises(sentence, CONTEXT)
    assert isinstance(verdict, Withheld), sentence
    assert (verdict.reason, verdict.failure) == ("promise", "promise")


@pytest.mark.parametrize("sentence", FACTS.strip().splitlines())
def test_what_a_source_states_or_nobody_promises_passes(sentence: str) -> None:
    assert keep_promises(sentence, CONTEXT) == Passed()


def test_what_was_done_is_known_from_a_tool_alone() -> None:
    context = build_context(question="?", language="en", sources=(ARTICLE, TOOL))
    assert keep_promises("Your order has been cancelled.", context) == Passed()
    assert keep_promises("I have cancelled your order.", context) != Passed()


def test_a_site_may_switch_it_off() -> None:
    policy = GuardPolicy(promises=False)
    context = build_context(question="?", language="en", sources=(), policy=policy)
    assert keep_promises("We will call you.", context) == Passed()
