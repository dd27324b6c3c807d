"""Words after which a full stop need not end the sentence, in the languages that the documents are written in."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A sentence never ends here: titles, citation words and the like are always followed by what they belong to.
ALWAYS_BEFORE_MORE = _words(
    """
    mr mrs ms dr prof rev hon gen messrs st mt vs v e.g i.e eg ie cf viz approx esp incl excl resp subj re
    sec sect secs arts para paras subsec subpara reg regs tit ch chs cl cls appx exh annot stat fed supp
    u.s.c c.f.r cal civ pte pvt sdn
    abs ziff nr nrn buchst lit rn rdnr tz unterabs z.b d.h i.d.r i.s.d i.s.v i.v.m i.h.v u.u u.ä v.a vgl gem ggf
    bzw inkl exkl zzgl evtl einschl sog insb bspw zb dh ca ggü entspr ausschl hr fr str
    m mme mlle al éd env p.ex c.-à-d c.à.d
    sr sra srta dña núm nº ej p.ej apdo párr aptdo vid
    dott sig avv ing artt co.1 lett cfr nn d.lgs c.d es par
    ust pkt poz np tj tzn tzw m.in ww dz u.z późn zm nt
    """
)
# Abbreviations only if a numeral follows, else words of their own: "No. 5" and "No. We do not".
BEFORE_NUMBERS = _words(
    "no nos art sec fig vol pp p par n al nr cap sez let item bd s f ff satz kap abschn poz r pos op"
)
# Legal forms of companies and the like: a sentence may end here, but often its name or the sentence continues.
COMPANY_FORMS = _words(
    """
    inc ltd corp co llc llp lp plc pty bros assn dept univ intl gmbh mbh kg ag se etc al usw u.a ecc itp itd
    jr sr esq ph.d a.m p.m no jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat
    sun u.s u.k u.s.a e.u d.c o.o sp z.o.o s.a s.l s.p.a s.r.l spol tel tél ext ave blvd rd ste est min max avg misc
    """
) | frozenset(("Inc", "Ltd", "Corp", "Co", "LLC", "LLP", "PLC", "Pty", "GmbH", "AG", "S.A", "S.p.A", "S.r.l"))
MONTHS = _words(
    """
    january february march april may june july august september october november december
    januar jänner februar märz mai juni juli oktober dezember
    janvier février mars avril juin juillet août septembre octobre novembre décembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
    """
)
# Words that begin sentences and are hardly ever part of a name: after "Inc." or "U.S." they show a new sentence.
STARTERS = _words(
    """
    a an the this that these those such you your yours we our us they their he she it its i my if in on at by for from
    to when where while whether which who what why how any all each every no none some most many both either neither
    other another as after before because since until unless upon under with without within except although though
    however therefore thus also accordingly additionally furthermore moreover further otherwise notwithstanding
    please there here once only do does did is are was were be not nothing never may must shall should will would can
    could
    der die das den dem des ein eine einen einem einer dieser diese dieses sie ihr ihre ihnen wir unser unsere uns es
    er wenn falls sofern soweit bei im in am an auf für mit nach von vor zu zur zum durch ohne über unter als auch
    alle jede jeder kein keine nur nicht hierzu daher dies
    le la les l un une des ce cet cette ces vous votre vos nous notre nos il elle ils elles si en dans pour par avec
    sans sur sous lorsque quand tout toute tous toutes aucun aucune ainsi cependant toutefois
    el los las un una unos unas este esta estos estas usted ustedes su sus nosotros nuestro nuestra si cuando en para
    por con sin según todo toda todos todas ningún ninguna además asimismo
    il lo gli i uno questo questa questi queste lei voi suo sua suoi noi nostro nostra se quando nel nella per con
    senza secondo ogni tutti tutte nessun nessuna inoltre tuttavia
    w we na do z ze za po przy od dla jeżeli jeśli gdy ten ta to te użytkownik usługodawca my nasz nasze wszystkie
    każdy żaden ponadto
    """
)
