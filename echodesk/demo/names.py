"""Invented people, buildings and subjects of the generated university. Nobody and nothing here exists."""

from __future__ import annotations

import random
from dataclasses import dataclass

MAIL_DOMAIN = "example.ac.uk"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GIVEN = _words("""
    Ada Aisha Alan Amara Anders Anya Arjun Astrid Beatriz Bashir Brigid Callum Carmen Chidi Clara Dalia
    Darius Deirdre Emeka Elif Esther Farid Fiona Gareth Grace Hamish Hana Helga Hugo Imani Ines Isla Ivan
    Jamila Jonas Joyce Kaito Kavita Kenji Kirsty Lars Layla Leon Lucia Magnus Maeve Marta Mei Miro Nadia
    Naveed Nia Nils Noor Olga Omar Orla Otto Pablo Petra Priya Quentin Rafael Ravi Rhona Rosa Ruth Samir
    Selma Sofia Stefan Tariq Thea Tomas Uma Vera Viktor Wanda Wei Xenia Yusuf Yvonne Zara Zoltan
""")
_SURNAME_BEGINS = _words("""
    Alder Ash Barn Beck Bram Cald Carn Cress Dal Dun Ed Elm Fair Fern Glen Hal Haw Hol Inver Kel Kirk Lang
    Lin Mar Mel Nor Oak Pen Quar Rad Row Sel Stan Thorn Tor Und Vel Wad Wen Yar
""")
_SURNAME_ENDS = _words("""
    aby acre bourne bridge by cote dale den ell field ford gate ham hurst kirk land ley lock mere mont more
    rick ridge shaw stead ton vale wick wood worth
""")

BUILDINGS = (
    ("A01", "Aldermere Building", "CENTRAL"),
    ("A04", "Brackenridge Hall", "CENTRAL"),
    ("A07", "Cloister Library", "CENTRAL"),
    ("A12", "Dunmarrow House", "CENTRAL"),
    ("B02", "Eastgate Theatres", "CENTRAL"),
    ("B05", "Fennimore Building", "CENTRAL"),
    ("B09", "Greywell Tower", "CENTRAL"),
    ("B11", "Hallam Green Annexe", "CENTRAL"),
    ("C03", "Institute of Materials", "CENTRAL"),
    ("C06", "Juniper House", "CENTRAL"),
    ("C10", "Kelpie Laboratories", "CENTRAL"),
    ("D01", "Lanternworks", "RIVERSIDE"),
    ("D04", "Millrace Building", "RIVERSIDE"),
    ("D05", "Netherby Hall", "RIVERSIDE"),
    ("D08", "Old Ropery", "RIVERSIDE"),
    ("E02", "Pharos Building", "RIVERSIDE"),
    ("E03", "Quayside Seminar Rooms", "RIVERSIDE"),
    ("F01", "Rookwood House", "NORTHFIELD"),
    ("F02", "Summerlea Building", "NORTHFIELD"),
    ("F06", "Tithe Barn", "NORTHFIELD"),
    ("F07", "Underhill Laboratories", "NORTHFIELD"),
    ("F09", "Veterinary Field Station", "NORTHFIELD"),
)
"""Code, name and campus."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A department and what it teaches."""

    department: str
    name: str
    prefix: str
    topics: tuple[str, ...]


def _subject(department: str, name: str, prefix: str, topics: str) -> Subject:
    return Subject(department, name, prefix, tuple(topics.split("; ")))


SUBJECTS = (
    _subject("ACC", "Accounting and Finance", "ACCF", "Auditing; Corporate Finance; Taxation; Costing"),
    _subject("ANA", "Anatomy", "ANAT", "The Locomotor System; Neuroanatomy; Histology; Embryology"),
    _subject("ARC", "Archaeology", "ARCH", "Field Methods; Bronze Age Settlement; Artefact Studies; Landscape"),
    _subject("AST", "Astronomy", "ASTR", "Stellar Physics; Galaxies; Observation; Orbital Mechanics"),
    _subject("BIO", "Biology", "BIOL", "Genetics; Ecology; Cell Biology; Evolution; Physiology"),
    _subject("CHE", "Chemistry", "CHEM", "Organic Chemistry; Spectroscopy; Catalysis; Physical Chemistry"),
    _subject("CIV", "Civil Engineering", "CIVE", "Structures; Soil Mechanics; Hydraulics; Surveying; Concrete"),
    _subject("COM", "Computing", "COMP", "Algorithms; Databases; Operating Systems; Networks; Graphics"),
    _subject("ECO", "Economics", "ECON", "Microeconomics; Macroeconomics; Econometrics; Trade; Game Theory"),
    _subject("EDU", "Education", "EDUC", "Learning; Assessment; Early Childhood; Curriculum"),
    _subject("ELE", "Electrical Engineering", "ELEC", "Circuits; Signals; Control; Power Systems; Photonics"),
    _subject("ENG", "English Literature", "ENGL", "Reading Poems; The Novel; Drama; Medieval Texts; Criticism"),
    _subject("GEO", "Geography", "GEOG", "Climate; Glaciers; Urban Life; Mapping; Migration"),
    _subject("HIS", "History", "HIST", "Towns and Trade; Empire; Oral History; The Early Modern State"),
    _subject("LAN", "Modern Languages", "LANG", "Translation; Phonetics; Cinema; Short Fiction; Bilingualism"),
    _subject("LAW", "Law", "LAWS", "Contract; Evidence; Property; Public Law; Delict; Human Rights"),
    _subject("MAT", "Mathematics", "MATH", "Linear Algebra; Analysis; Topology; Probability; Number Theory"),
    _subject("MED", "Medicine", "MEDI", "Clinical Skills; Pathology; Pharmacology; Public Health; Cardiology"),
    _subject("MUS", "Music", "MUSI", "Harmony; Performance; Sound and Room; Notation"),
    _subject("NUR", "Nursing", "NURS", "Patient Care; Community Health; Child Nursing; Ethics of Care"),
    _subject("PHI", "Philosophy", "PHIL", "Logic; Ethics; Mind; Knowledge; Ancient Philosophy"),
    _subject("PHY", "Physics", "PHYS", "Mechanics; Quantum Physics; Thermodynamics; Optics; Solid State"),
    _subject("PSY", "Psychology", "PSYC", "Perception; Memory; Development; Social Psychology; Statistics"),
    _subject("VET", "Veterinary Medicine", "VETM", "Animal Behaviour; Equine Practice; Parasitology; Surgery"),
)  # fmt: skip

TITLES = (
    (1, "Introduction to {topic}"),
    (1, "{topic} 1"),
    (2, "{topic} 2"),
    (2, "Methods in {topic}"),
    (3, "{topic} in Practice"),
    (4, "Advanced {topic}"),
    (4, "Honours Topics: {topic}"),
    (5, "{topic} for Graduates"),
)
"""Level and title of the modules of a topic."""


@dataclass(frozen=True, slots=True)
class Person:
    """A lecturer; `mail` is None where the office has no address."""

    number: str
    given: str
    surname: str
    subject: Subject
    mail: str | None

    @property
    def name(self) -> str:
        """Given name and surname."""
        return f"{self.given} {self.surname}"


def people(rng: random.Random, count: int, without_mail: int) -> tuple[Person, ...]:
    """`count` lecturers spread over the subjects; addresses are unique, and `without_mail` people have none."""
    missing = set(rng.sample(range(count), without_mail))
    used: dict[str, int] = {}
    found = []
    for index in range(count):
        given = rng.choice(_GIVEN)
        surname = rng.choice(_SURNAME_BEGINS) + rng.choice(_SURNAME_ENDS)
        local = f"{given}.{surname}".lower()
        used[local] = used.get(local, 0) + 1
        number = "" if used[local] == 1 else str(used[local])
        mail = None if index in missing else f"{local}{number}@{MAIL_DOMAIN}"
        subject = SUBJECTS[index % len(SUBJECTS)]
        found.append(Person(str(300211 + 7 * index), given, surname, subject, mail))
    return tuple(found)
