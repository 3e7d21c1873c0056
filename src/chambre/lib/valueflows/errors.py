"""What the rules of positions refuse, with a stable code, both languages and the facts."""

from __future__ import annotations

from typing import ClassVar

from chambre.lib.refusal import Refusal


class ValueFlowsError(Refusal):
    """An event that cannot be, or cannot be now. Nothing happened.

    Quantities in ``data`` are in smallest parts of the resource's unit.
    """


class UnknownAction(ValueFlowsError):
    """A word that is no action of ValueFlows 1.0."""

    texts: ClassVar = {
        "action-unknown": (
            "“{action}” is no action of ValueFlows.",
            "« {action} » n’est pas une action de ValueFlows.",
        ),
        "action-removed": (
            "“{action}” was removed from ValueFlows in version 0.5: record the test as accept and "
            "modify, and its outcome as the state “{action}”.",
            "« {action} » a été retiré de ValueFlows à la version 0.5 : enregistrez l’essai par "
            "accept et modify, et son résultat comme l’état « {action} ».",
        ),
    }


class BadEvent(ValueFlowsError):
    """The event contradicts itself or its action, whatever the stocks are."""

    texts: ClassVar = {
        "quantity-needed": (
            "Say how much: {action} changes the quantity of a resource.",
            "Dites combien : {action} change la quantité d’une ressource.",
        ),
        "quantity-not-positive": (
            "A quantity is at least 1; a mistake is corrected by a reversal, not by {quantity}.",
            "Une quantité vaut au moins 1 ; une erreur se corrige par une contrepassation, "
            "pas par {quantity}.",
        ),
        "quantity-not-applicable": (
            "{action} has no {kind} quantity.",
            "{action} n’a pas de quantité {kind_fr}.",
        ),
        "unit-needed": (
            "Say in which unit the quantity is.",
            "Dites dans quelle unité est la quantité.",
        ),
        "agent-needed": (
            "Say who the {role} is.",
            "Dites qui est le {role_fr}.",
        ),
        "agents-must-match": (
            "{action} is done by one agent: provider and receiver are the same.",
            "{action} est le fait d’un seul acteur : fournisseur et receveur sont le même.",
        ),
        "agents-must-differ": (
            "Nothing passes from {agent} to the same agent.",
            "Rien ne passe de {agent} au même acteur.",
        ),
        "resource-needed": (
            "Say which resource: {action} is about one.",
            "Dites quelle ressource : {action} en concerne une.",
        ),
        "resource-not-applicable": (
            "{action} does not create or fill another resource.",
            "{action} ne crée ni ne remplit une autre ressource.",
        ),
        "two-resources": (
            "Name the resource that exists or the new one, not both.",
            "Nommez la ressource qui existe ou la nouvelle, pas les deux.",
        ),
        "process-not-applicable": (
            "{action} is not the {side} of a process.",
            "{action} n’est pas {side_fr} d’un processus.",
        ),
        "process-needed": (
            "{action} happens in a process: say which.",
            "{action} se passe dans un processus : dites lequel.",
        ),
        "nothing-moves": (
            "Say where it goes, or into which stock.",
            "Dites où cela va, ou dans quel stock.",
        ),
        "rest-not-applicable": (
            "Only what comes out of a process can have a rest.",
            "Seul ce qui sort d’un processus peut avoir un reste.",
        ),
    }


class UnknownResource(ValueFlowsError):
    """The state that was given knows nothing of a resource that the event names."""

    texts: ClassVar = {
        "resource-unknown": (
            "There is no resource {resource}.",
            "Il n’y a pas de ressource {resource}.",
        ),
        "resource-exists": (
            "The resource {resource} exists already.",
            "La ressource {resource} existe déjà.",
        ),
        "identity-needed": (
            "{receiver} has no stock of this yet: a new resource has to be named.",
            "{receiver} n’en a pas encore de stock : il faut nommer une nouvelle ressource.",
        ),
    }


class Mismatch(ValueFlowsError):
    """Two things that have to agree do not."""

    texts: ClassVar = {
        "unit-differs": (
            "The resource {resource} is counted in {expected}, not in {given}.",
            "La ressource {resource} se compte en {expected}, pas en {given}.",
        ),
        "specification-differs": (
            "{resource} and {to_resource} are not the same kind of thing.",
            "{resource} et {to_resource} ne sont pas des choses de même nature.",
        ),
        "serialized-quantity": (
            "{resource} is a single item: its quantity is 1, not {quantity}.",
            "{resource} est un objet unique : sa quantité est 1, pas {quantity}.",
        ),
        "not-accountable": (
            "{agent} is not accountable for the stock {resource}; {accountable} is.",
            "{agent} ne répond pas du stock {resource} ; c’est {accountable}.",
        ),
    }


class NotEnough(ValueFlowsError):
    """Nobody gives what they do not have."""

    texts: ClassVar = {
        "not-enough": (
            "{agent} has {available} of {resource} here, not {asked}.",
            "{agent} a ici {available} de {resource}, pas {asked}.",
        ),
        "limit-exceeded": (
            "{agent} would have {after} of {resource}; the limit is {limit}.",
            "{agent} aurait {after} de {resource} ; la limite est {limit}.",
        ),
        "contained": (
            "{contained} of {resource} is inside something else: take it out first.",
            "{contained} de {resource} est dans autre chose : sortez-le d’abord.",
        ),
        "in-process": (
            "{inside} of {resource} is in a process and has to come out of it first.",
            "{inside} de {resource} est dans un processus et doit d’abord en sortir.",
        ),
        "not-held": (
            "Neither provider nor receiver holds {asked} of {resource}.",
            "Ni le fournisseur ni le receveur ne détient {asked} de {resource}.",
        ),
    }


class Ambiguous(ValueFlowsError):
    """The event could mean several things, and the choice is not ours."""

    texts: ClassVar = {
        "ambiguous-source": (
            "{resource} is kept in several ways ({count}): say whose, with whom, and where.",
            "{resource} est gardé de plusieurs façons ({count}) : dites à qui, chez qui et où.",
        ),
        "ambiguous-destination": (
            "{receiver} has several stocks of this: say which.",
            "{receiver} en a plusieurs stocks : dites lequel.",
        ),
    }


class PairingError(ValueFlowsError):
    """What goes into a process comes out of it, once."""

    texts: ClassVar = {
        "process-mixes-pairings": (
            "The process {process} already has {present}; {action} belongs in another process.",
            "Le processus {process} a déjà {present} ; {action} va dans un autre processus.",
        ),
        "already-in-process": (
            "{resource} already went into the process {process}; another time is another process.",
            "{resource} est déjà entré dans le processus {process} ; "
            "une autre fois est un autre processus.",
        ),
        "not-in-process": (
            "{agent} has no {resource} in the process {process} to bring out.",
            "{agent} n’a pas de {resource} à sortir du processus {process}.",
        ),
        "more-out-than-in": (
            "{inside} of {resource} went into the process {process}; {asked} cannot come out.",
            "{inside} de {resource} sont entrés dans le processus {process} ; "
            "il ne peut pas en sortir {asked}.",
        ),
        "loss-unexplained": (
            "{missing} of {resource} stays behind in the process {process}: say whether it comes "
            "later, was lost or was consumed.",
            "Il manque {missing} de {resource} à la sortie du processus {process} : dites si cela "
            "vient plus tard, est perdu ou a été consommé.",
        ),
    }


class ContainerError(ValueFlowsError):
    """A container moves whole, and cannot be inside itself."""

    texts: ClassVar = {
        "container-whole": (
            "{resource} has things inside and moves whole: {whole}, not {asked}.",
            "{resource} contient des choses et se déplace entier : {whole}, pas {asked}.",
        ),
        "container-not-empty": (
            "{resource} has things inside: take them out first, or open it in a process.",
            "{resource} contient des choses : sortez-les d’abord, ou ouvrez-le dans un processus.",
        ),
        "container-not-held": (
            "{agent} does not hold the container {container} in one piece.",
            "{agent} ne détient pas le contenant {container} d’un seul tenant.",
        ),
        "container-inside-itself": (
            "{resource} cannot be inside itself.",
            "{resource} ne peut pas être à l’intérieur d’elle-même.",
        ),
        "contents-of-others": (
            "{resource} cannot leave: {content} inside it belongs to {accountable}.",
            "{resource} ne peut pas partir : {content}, qui est dedans, est à {accountable}.",
        ),
        "not-inside": (
            "{agent} holds no {resource} that is inside something.",
            "{agent} ne détient pas de {resource} à l’intérieur de quelque chose.",
        ),
    }


class CorrectionError(ValueFlowsError):
    """A correction that cannot be."""

    texts: ClassVar = {
        "reversal-of-reversal": (
            "{event} is a reversal itself; record the event again instead.",
            "{event} est elle-même une contrepassation ; enregistrez plutôt l’événement à nouveau.",
        ),
        "already-reversed": (
            "{event} has been reversed already.",
            "{event} a déjà été contrepassé.",
        ),
        "built-upon": (
            "Later events rest on {event}: {agent} has {available} of {resource} left, "
            "not {asked}. Reverse them first.",
            "Des événements postérieurs reposent sur {event} : {agent} n’a plus que {available} "
            "de {resource}, pas {asked}. Contrepassez-les d’abord.",
        ),
    }
