"""The rules of the administration's program, in words.

Source: LPF art. A.47 A-1 and the published source of *Test Compta Demat* (DGFiP).
"""

from __future__ import annotations

from .rules import Rule

_NEW_EXPORT_FR = "Refaites l’export dans votre logiciel comptable."
_NEW_EXPORT_EN = "Export the file again from your accounting software."

ADMINISTRATION = (
    Rule(
        "E_FILE_NAME",
        False,
        "Le nom du fichier « {value} » n’est pas de la forme SirenFECAAAAMMJJ.",
        "The file name “{value}” is not of the form SirenFECAAAAMMJJ.",
        "Renommez le fichier : les neuf chiffres du SIREN, FEC, puis la date de clôture, "
        "par exemple 123456782FEC20231231.txt.",
        "Rename the file: the nine digits of the SIREN, FEC, then the closing date, "
        "for example 123456782FEC20231231.txt.",
    ),
    Rule(
        "E_SEPARATOR",
        True,
        "La première ligne ne donne pas au moins neuf champs séparés par une tabulation ou « | » "
        "(trouvé : {value}).",
        "The first line does not give at least nine fields separated by a tab or “|” "
        "(found: {value}).",
        "Exportez avec la tabulation ou la barre « | » comme séparateur, et les noms des champs "
        "sur la première ligne.",
        "Export with a tab or a “|” bar as separator, and the field names on the first line.",
    ),
    Rule(
        "E_ENCODING",
        True,
        "Le fichier n’est pas un texte lisible : {value}.",
        "The file is not a readable text: {value}.",
        "Exportez en UTF-8 ou en ISO 8859-15.",
        "Export in UTF-8 or in ISO 8859-15.",
    ),
    Rule(
        "E_EMPTY_FILE",
        True,
        "Le fichier ne contient aucune ligne d’écriture.",
        "The file holds no entry line.",
        "Vérifiez l’exercice choisi à l’export.",
        "Check which financial year was exported.",
    ),
    Rule(
        "E_XML_SYNTAX",
        True,
        "Le fichier XML est mal formé : {value}.",
        "The XML file is not well formed: {value}.",
        _NEW_EXPORT_FR,
        _NEW_EXPORT_EN,
    ),
    Rule(
        "E_XML_SCHEMA",
        True,
        "Le fichier XML ne suit pas le schéma de l’arrêté, {column} : {value}.",
        "The XML file does not follow the published schema, {column}: {value}.",
        "Corrigez l’élément, ou exportez le fichier à plat.",
        "Correct the element, or export the flat file.",
    ),
    Rule(
        "O_COLUMN_MISSING",
        True,
        "La colonne obligatoire {column} est absente.",
        "The mandatory column {column} is absent.",
        "Ajoutez la colonne à l’export : les dix-huit colonnes de l’arrêté sont attendues.",
        "Add the column to the export: the eighteen columns of the decree are expected.",
    ),
    Rule(
        "O_COLUMN_OTHER_NAME",
        False,
        "La colonne obligatoire {column} s’appelle ici « {value} » : l’administration ne la "
        "reconnaît pas.",
        "The mandatory column {column} is called “{value}” here: the administration does not "
        "recognise it.",
        "Renommez la colonne comme dans l’arrêté.",
        "Rename the column as in the decree.",
    ),
    Rule(
        "P_COLUMN_NOT_DETECTED",
        True,
        "La colonne {column} n’a pas été trouvée dans l’en-tête.",
        "The column {column} was not found in the header.",
        "Ajoutez la colonne à l’export, même vide.",
        "Add the column to the export, even empty.",
    ),
    Rule(
        "P_COLUMN_OTHER_NAME",
        False,
        "La colonne {column} s’appelle ici « {value} » : l’administration ne la reconnaît pas.",
        "The column {column} is called “{value}” here: the administration does not recognise it.",
        "Renommez la colonne comme dans l’arrêté.",
        "Rename the column as in the decree.",
    ),
    Rule(
        "E_EMPTY_LINE",
        False,
        "La ligne {line} est vide.",
        "Line {line} is empty.",
        "Supprimez la ligne.",
        "Remove the line.",
    ),
    Rule(
        "E_FIELD_COUNT",
        True,
        "La ligne {line} a {found} champs au lieu de {expected}.",
        "Line {line} has {found} fields instead of {expected}.",
        "Cherchez un séparateur ou un retour à la ligne dans un libellé, ou une ligne coupée.",
        "Look for a separator or a line break inside a label, or for a line cut in two.",
    ),
    Rule(
        "E_TRAILING_SEPARATOR",
        False,
        "La ligne {line} a {found} champs au lieu de {expected} : un séparateur final en trop "
        "ou en moins par rapport à l’en-tête.",
        "Line {line} has {found} fields instead of {expected}: one final separator more or less "
        "than the header.",
        "Terminez l’en-tête et les lignes de la même façon.",
        "End the header and the lines in the same way.",
    ),
    Rule(
        "E_EMPTY_VALUE",
        False,
        "Ligne {line}, {column} est vide alors que la valeur est obligatoire.",
        "Line {line}, {column} is empty although a value is mandatory.",
        "Complétez la valeur dans votre logiciel et refaites l’export.",
        "Fill in the value in your software and export again.",
    ),
    Rule(
        "E_EMPTY_ACCOUNT",
        True,
        "Ligne {line}, le numéro de compte est vide.",
        "Line {line}, the account number is empty.",
        "Affectez un compte à cette ligne : elle ne peut pas être comptabilisée sans.",
        "Give this line an account: it cannot be booked without one.",
    ),
    Rule(
        "E_EMPTY_DATE",
        True,
        "Ligne {line}, {column} est vide ou nulle alors qu’une date est obligatoire.",
        "Line {line}, {column} is empty or zero although a date is mandatory.",
        "Complétez la date, sous la forme AAAAMMJJ.",
        "Fill in the date, in the form YYYYMMDD.",
    ),
    Rule(
        "E_DOT_IN_NUMBER",
        True,
        "Ligne {line}, {column} « {value} » : la virgule est attendue, pas le point.",
        "Line {line}, {column} “{value}”: a decimal comma is expected, not a point.",
        "Exportez les montants avec la virgule décimale.",
        "Export the amounts with a decimal comma.",
    ),
    Rule(
        "E_THOUSANDS_SEPARATOR",
        True,
        "Ligne {line}, {column} « {value} » : pas de séparateur de milliers.",
        "Line {line}, {column} “{value}”: no thousands separator is allowed.",
        "Exportez les montants sans espace ni point entre les milliers.",
        "Export the amounts without blank or point between thousands.",
    ),
    Rule(
        "E_NOT_A_NUMBER",
        True,
        "Ligne {line}, {column} « {value} » n’est pas un nombre.",
        "Line {line}, {column} “{value}” is not a number.",
        "Corrigez le montant, par exemple 1234,56.",
        "Correct the amount, for example 1234,56.",
    ),
    Rule(
        "E_NOT_A_DATE",
        True,
        "Ligne {line}, {column} « {value} » n’est pas une date.",
        "Line {line}, {column} “{value}” is not a date.",
        "Écrivez la date sous la forme AAAAMMJJ.",
        "Write the date in the form YYYYMMDD.",
    ),
    Rule(
        "E_DATE_CALENDAR",
        True,
        "Ligne {line}, {column} « {value} » : mois supérieur à 12 ou jour supérieur à 31.",
        "Line {line}, {column} “{value}”: month above 12 or day above 31.",
        "Écrivez la date sous la forme AAAAMMJJ.",
        "Write the date in the form YYYYMMDD.",
    ),
    Rule(
        "E_SENS",
        True,
        "Ligne {line}, le sens « {value} » n’est ni D, ni C, ni +1, ni -1.",
        "Line {line}, the side “{value}” is none of D, C, +1, -1.",
        "Corrigez la colonne Sens.",
        "Correct the column Sens.",
    ),
    Rule(
        "V_EMPTY_VALUE",
        False,
        "Ligne {line}, {column} est vide (donnée absente).",
        "Line {line}, {column} is empty (absent data).",
        "Complétez la valeur ; ValidDate est vide tant que l’exercice n’est pas validé.",
        "Fill in the value; ValidDate is empty as long as the year is not validated.",
    ),
    Rule(
        "A_ACCOUNT",
        False,
        "Ligne {line}, le compte « {value} » ne commence pas par trois chiffres.",
        "Line {line}, the account “{value}” does not begin with three digits.",
        "Utilisez les numéros du plan comptable, complétés à trois chiffres au moins.",
        "Use the numbers of the chart of accounts, of three digits at least.",
    ),
    Rule(
        "A_DATE_YEAR",
        False,
        "Ligne {line}, {column} « {value} » : année hors de 1900–2099.",
        "Line {line}, {column} “{value}”: year outside 1900–2099.",
        "Vérifiez l’année.",
        "Check the year.",
    ),
    Rule(
        "A_BOTH_SIDES",
        False,
        "Ligne {line}, débit {debit} et crédit {credit} sur la même ligne.",
        "Line {line}, debit {debit} and credit {credit} on the same line.",
        "Séparez en deux lignes ; à l’import, la ligne est lue comme deux.",
        "Split into two lines; on import the line is read as two.",
    ),
    Rule(
        "A_NO_AMOUNT",
        False,
        "Ligne {line}, débit et crédit sont nuls.",
        "Line {line}, debit and credit are both zero.",
        "Vérifiez que le montant n’a pas été perdu.",
        "Check that the amount was not lost.",
    ),
    Rule(
        "S_EXTRA_COLUMN",
        False,
        "La colonne « {column} » n’est pas de l’arrêté.",
        "The column “{column}” is not of the decree.",
        "Rien à faire : les colonnes supplémentaires sont permises à la suite des autres.",
        "Nothing to do: further columns are allowed after the others.",
    ),
    Rule(
        "I_TRAILING_SEPARATOR",
        False,
        "Chaque ligne finit par un séparateur de plus.",
        "Each line ends with one more separator.",
        "Rien à faire : c’est toléré.",
        "Nothing to do: this is tolerated.",
    ),
    Rule(
        "I_COLUMN_NOT_DETECTED",
        False,
        "La colonne {column} n’a pas été trouvée ; les exercices clos avant 2013 n’en sont pas "
        "rejetés.",
        "The column {column} was not found; years closed before 2013 are not rejected for it.",
        "Ajoutez la colonne à l’export, même vide.",
        "Add the column to the export, even empty.",
    ),
    Rule(
        "I_XML_WITHOUT_SCHEMA",
        False,
        "Le fichier XML ne nomme pas de schéma (formatA47A-I-VII-1.xsd…).",
        "The XML file names no schema (formatA47A-I-VII-1.xsd…).",
        "Nommez le schéma de l’arrêté dans xsi:noNamespaceSchemaLocation : le programme de "
        "l’administration le demande.",
        "Name the schema of the decree in xsi:noNamespaceSchemaLocation: the administration's "
        "program asks for it.",
    ),
)
