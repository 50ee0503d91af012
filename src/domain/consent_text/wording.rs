//! The lines of a consent text, in Dutch (B1) and in English: nothing else is ever said to a client.
//!
//! In a line `{custodian}` tells, `{recipient}` in the role `{role}` hears. The reader is `{Jij}` or `{jij}`, always "you" in English; the
//! client is `{je}` as subject and `{jou}` otherwise, `{your}` and `{you}` in English. Dutch verbs are chosen so that they
//! fit je, u and uw kind alike.

use crate::domain::client::Capacity;

/// A language in which a client can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Plain Dutch, at level B1.
    Dutch,
    /// Its English twin.
    English,
}

impl Language {
    /// The language with this name (BCP 47): `nl` or `en`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Dutch, Self::English].into_iter().find(|language| language.id() == text)
    }

    /// Its name.
    pub fn id(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
        }
    }

    /// Whichever is in this language.
    pub(super) fn pick<T>(self, dutch: T, english: T) -> T {
        match self {
            Self::Dutch => dutch,
            Self::English => english,
        }
    }
}

macro_rules! lines {
    ($($line:ident: $nl:literal, $en:literal;)*) => {
        /// One line of the text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Line { $($line),* }

        impl Line {
            pub(super) const ALL: &[Self] = &[$(Self::$line),*];

            pub(super) fn text(self, language: Language) -> &'static str {
                match self { $(Self::$line => language.pick($nl, $en)),* }
            }
        }
    };
}

lines! {
    Tells: "{Jij} geeft {custodian} toestemming om aan {recipient} ({role}) te vertellen {plain}.",
        "You allow {custodian} to tell {recipient} ({role}) {plain}.";
    NothingElse: "Met deze toestemming vertelt {custodian} niets anders.",
        "On this permission {custodian} tells nothing else.";
    Purpose: "Het doel is: {purpose}.", "The purpose is: {purpose}.";
    Agenda: "Elk gesprek gaat over hoogstens drie onderwerpen.", "Each meeting is about three subjects at most.";
    Once: "Vertellen mag één keer.", "It may be told once.";
    Period: "Dit mag vanaf {from} tot en met {until}.", "This is allowed from {from} through {until}.";
    MayRefuse: "{Jij} mag nee zeggen.", "You may say no.";
    NoConsequence: "Als {jij} nee zegt, verandert er niets aan de hulp.", "If you say no, nothing changes in the help.";
    InPart: "{Jij} mag ook tegen een deel nee zeggen.", "You may also say no to a part of it.";
    MayStop: "{Jij} kunt altijd stoppen, ook met een deel.", "You can stop at any moment, also with a part of it.";
    HowToStop: "Zeg dat dan tegen iemand van {custodian}.", "Just tell somebody at {custodian}.";
    NoReason: "{Jij} hoeft niet te zeggen waarom.", "You need not say why.";
    AfterStop: "Daarna vertelt {custodian} met deze toestemming niets meer.",
        "After that {custodian} tells nothing more on this permission.";
    AlreadyTold: "Wat al verteld is, kan {custodian} niet terughalen.",
        "What was told already, {custodian} cannot take back.";
    TheirLaw: "In de wet staat hoelang {recipient} dat bewaart.", "The law says how long {recipient} keeps it.";
    NobodyElse: "Niemand anders hoeft ja te zeggen.", "Nobody else needs to say yes.";
    NobodyKnown: "Er is nu niemand bekend die ja mag zeggen.", "Nobody is known now who may say yes.";
    TheClient: "Ook {je} moet zelf ja zeggen.", "It also needs a yes from {you}.";
    TheParent: "Ook de ouder met gezag moet ja zeggen.", "It also needs a yes from the parent with authority.";
    TheOtherParent: "Ook de andere ouder met gezag moet ja zeggen.",
        "It also needs a yes from the other parent with authority.";
    AllParents: "Ook alle ouders met gezag moeten ja zeggen.",
        "It also needs a yes from every parent with authority.";
    TheGuardian: "Ook de voogd moet ja zeggen.", "It also needs a yes from the guardian.";
    TheAppointed: "Ook wie van de rechter mag beslissen, moet ja zeggen.",
        "It also needs a yes from whoever the court appointed.";
    TheCurator: "Ook de curator moet ja zeggen.", "It also needs a yes from the legal guardian.";
    TheMentor: "Ook de mentor moet ja zeggen.", "It also needs a yes from the legal mentor.";
    TheProxy: "Ook wie is gevraagd om te beslissen, moet ja zeggen.",
        "It also needs a yes from whoever was asked to decide.";
    ThePartner: "Ook de partner moet ja zeggen.", "It also needs a yes from the partner.";
    TheFamily: "Ook de naaste familie moet ja zeggen.", "It also needs a yes from the close family.";
    WithoutThem: "Zonder dat ja vertelt {custodian} niets.", "Without that yes {custodian} tells nothing.";
    TheAdministrator: "Over geld moet ook de bewindvoerder ja zeggen.",
        "About money it also needs a yes from the administrator.";
    AboutOthers: "Een deel gaat over iemand anders.", "A part of it is about somebody else.";
    ThatPerson: "Die persoon moet daar zelf ja op zeggen.", "That person must say yes to that part.";
    WithoutPart: "Zonder dat ja vertelt {custodian} dat deel niet.",
        "Without that yes {custodian} does not tell that part.";
}

/// How the reader and the client are spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Address {
    jij: &'static str,
    jij_first: &'static str,
    je: &'static str,
    jou: &'static str,
    your: &'static str,
    you: &'static str,
}

impl Address {
    /// Je for the youth; for whoever holds authority it is about the child; u otherwise.
    pub(super) fn of(reader: Capacity) -> Self {
        let formal = |je, your, you| Self { jij: "u", jij_first: "U", je, jou: je, your, you };
        match reader {
            Capacity::Youth => {
                Self { jij: "je", jij_first: "Je", je: "je", jou: "jou", your: "your", you: "you" }
            }
            Capacity::Adult => formal("u", "your", "you"),
            Capacity::ParentAuthority => formal("uw kind", "your child's", "your child"),
            Capacity::Guardian | Capacity::CourtOrder => formal("het kind", "the child's", "the child"),
            _ => formal("de cliënt", "the client's", "the client"),
        }
    }

    /// Fills in who is spoken to and of.
    pub(super) fn apply(&self, text: &str) -> String {
        let Self { jij, jij_first, je, jou, your, you } = *self;
        let words = [
            ("{Jij}", jij_first),
            ("{jij}", jij),
            ("{je}", je),
            ("{jou}", jou),
            ("{your}", your),
            ("{you}", you),
        ];
        words.into_iter().fold(text.to_owned(), |text, (mark, word)| text.replace(mark, word))
    }
}

/// Everything above as one text: what a version of the wording is the digest of.
pub fn wording() -> String {
    let lines = Line::ALL.iter().flat_map(|line| [Language::Dutch, Language::English].map(|l| line.text(l)));
    let marks = "{Jij} {jij} {je} {jou} {your} {you}";
    let capacities = [
        Capacity::Youth,
        Capacity::Adult,
        Capacity::ParentAuthority,
        Capacity::Guardian,
        Capacity::DataSubject,
    ];
    let forms = capacities.map(|capacity| Address::of(capacity).apply(marks));
    lines.map(str::to_owned).chain(forms).collect::<Vec<_>>().join("\n")
}
