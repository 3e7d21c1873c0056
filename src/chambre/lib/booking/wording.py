"""What a booking may be refused for, in both languages."""

from __future__ import annotations

from chambre.lib.refusal import Refusal


class BookingRefusal(Refusal):
    """A rule of the thing, or what is booked already, says no."""

    texts = {
        "backwards": (
            "The end must be after the beginning.",
            "La fin doit venir après le début.",
        ),
        "past": (
            "This time has passed already.",
            "Ce moment est déjà passé.",
        ),
        "closed": (
            "It is not open at that time. Look at the calendar for when it is.",
            "Ce n’est pas ouvert à ce moment-là. Regardez dans le calendrier quand ça l’est.",
        ),
        "too-short": (
            "It is booked for {least} minutes at least; this is {asked}.",
            "On réserve au moins {least} minutes\u202f; ici {asked}.",
        ),
        "too-long": (
            "It is booked for {most} minutes at most; this is {asked}.",
            "On réserve au plus {most} minutes\u202f; ici {asked}.",
        ),
        "too-late": (
            "It is booked at least {notice} minutes before. Choose a later time.",
            "On réserve au moins {notice} minutes avant. Choisissez plus tard.",
        ),
        "too-early": (
            "It is booked at most {days} days ahead. Come back nearer to the day.",
            "On réserve au plus {days} jours à l’avance. Revenez plus près de la date.",
        ),
        "full": (
            "It is booked already at that time. Choose another time, or join the waiting list.",
            "C’est déjà réservé à ce moment-là. Choisissez un autre moment, ou la liste d’attente.",
        ),
        "quota-count": (
            "At most {most} bookings each {period} for one person; that many are there.",
            "Au plus {most} réservations par {period_fr} et par personne\u202f; elles y sont déjà.",
        ),
        "quota-minutes": (
            "At most {most} minutes each {period} for one person; {used} are used, {asked} asked.",
            "Au plus {most} minutes par {period_fr} et par personne\u202f; {used} prises, {asked} de plus"
            " demandées.",
        ),
        "hours-text": (
            "Line {line}: “{text}” is no opening hours. Write “mon-fri 09:00-18:00” or"
            " “2026-12-25 closed”.",
            "Ligne {line}\u00a0: «\u00a0{text}\u00a0» ne dit pas d’heures."
            " Écrivez «\u00a0lun-ven 09:00-18:00\u00a0» ou «\u00a02026-12-25 fermé\u00a0».",
        ),
        "repeat": (
            "This repetition cannot be read: {why}.",
            "Cette répétition ne se lit pas\u00a0: {why}.",
        ),
        "repeat-endless": (
            "A repetition needs a last day or a number of times, at most {most}.",
            "Une répétition a un dernier jour ou un nombre de fois, au plus {most}.",
        ),
        "ical": (
            "Line {line} of the calendar: {why}.",
            "Ligne {line} du calendrier\u00a0: {why_fr}.",
        ),
    }
