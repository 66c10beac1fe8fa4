"""The words that `indexing/sample/contacts.py` makes contacts of; data only, most frequent first where order matters.

Titles, places, departments, industries and tags are ordinary words in an export's spelling. People and companies are
put together from parts by `sample.py`; none is meant to exist.
"""

from typing import NamedTuple

# One title a line, by rank: title | seniority | departments, all as an export spells them.
TITLES = """
CEO | C suite | C-Suite, Executive
Founder | Founder | C-Suite, Founder
Owner | Owner | C-Suite
Director | Director | Operations
Project Manager | Manager | Engineering & Technical, Project Management
Co-Founder | Founder | C-Suite, Founder
President | C suite | C-Suite, Executive
Marketing Manager | Manager | Marketing
Sales Manager | Manager | Sales
Software Engineer | Entry | Engineering & Technical, Software Development
Managing Director | C suite | C-Suite, Executive
General Manager | Manager | Operations
Account Manager | Manager | Sales, Account Management
Chief Executive Officer | C suite | C-Suite, Executive
Manager | Manager |
Operations Manager | Manager | Operations
CEO & Founder | Founder | C-Suite, Executive, Founder
Account Executive | Entry | Sales
Senior Software Engineer | Senior | Engineering & Technical, Software Development
CTO | C suite | C-Suite, Information Technology Executive, Engineering & Technical
Partner | Partner | Consulting
Vice President | Vp | C-Suite
Consultant | Entry | Consulting, Consultant
CFO | C suite | C-Suite, Finance Executive, Finance
Marketing Director | Director | Marketing
Business Development Manager | Manager | Sales, Business Development
COO | C suite | C-Suite, Operations Executive, Operations
Sales Representative | Entry | Sales
Product Manager | Manager | Product Management
VP of Sales | Vp | Sales
Sales Director | Director | Sales
Office Manager | Manager | Operations, Office Operations
Accountant | Entry | Finance, Accounting
Executive Director | Director | C-Suite, Executive
Creative Director | Director | Design, Marketing
Co-Founder & CEO | Founder | C-Suite, Executive, Founder
HR Manager | Manager | Human Resources
Recruiter | Entry | Human Resources, Recruiting & Talent Acquisition
Store Manager | Manager | Operations, Store Operations
Principal | Partner | Consulting
Attorney | Entry | Legal, Lawyer / Attorney
CMO | C suite | C-Suite, Marketing Executive, Marketing
Graphic Designer | Entry | Design, Graphic Design
Executive Assistant | Entry | Operations, Office Operations
Data Scientist | Entry | Engineering & Technical, Data Science
Digital Marketing Manager | Manager | Marketing, Digital Marketing
Engineering Manager | Manager | Engineering & Technical
Business Analyst | Entry | Engineering & Technical, Business Intelligence
Realtor | Entry | Operations, Real Estate
VP of Marketing | Vp | Marketing
Teacher | Entry | Education, Teacher
Customer Success Manager | Manager | Sales, Customer Success
IT Manager | Manager | Information Technology
Product Designer | Entry | Design, Product / UI/UX Design
Administrative Assistant | Entry | Operations, Office Operations
Senior Project Manager | Senior | Engineering & Technical, Project Management
Finance Manager | Manager | Finance
Head of Marketing | Head | Marketing
Director of Operations | Director | Operations
Controller | Manager | Finance, Accounting
Registered Nurse | Entry | Medical & Health, Nursing
Developer | Entry | Engineering & Technical, Software Development
Technical Recruiter | Entry | Human Resources, Recruiting & Talent Acquisition
Regional Sales Manager | Manager | Sales, Field / Outside Sales
Head of Sales | Head | Sales
Manager, Project | Manager | Engineering & Technical, Project Management
Full Stack Developer | Entry | Engineering & Technical, Web Development
Brand Manager | Manager | Marketing, Brand Management
Founder & CEO | Founder | C-Suite, Executive, Founder
Owner/Operator | Owner | C-Suite, Operations
Director of Marketing | Director | Marketing
Sales Associate | Entry | Sales, Inside Sales
Data Analyst | Entry | Engineering & Technical, Business Intelligence
Managing Partner | Partner | C-Suite, Executive
Social Media Manager | Manager | Marketing, Social Media Marketing
Director of Sales | Director | Sales
Ecommerce Manager | Manager | Marketing, Ecommerce Marketing
Physician | Entry | Medical & Health, Doctors / Physicians
Professor | Senior | Education, Professor
Marketing Coordinator | Entry | Marketing
Mechanical Engineer | Entry | Engineering & Technical
Senior Account Executive | Senior | Sales
Human Resources Director | Director | Human Resources
Vice President of Operations | Vp | Operations
Program Manager | Manager | Engineering & Technical, Project Management
Supply Chain Manager | Manager | Operations, Supply Chain
Construction Manager | Manager | Operations, Construction
Talent Acquisition Specialist | Entry | Human Resources, Recruiting & Talent Acquisition
Frontend Developer | Entry | Engineering & Technical, Web Development
Customer Service Representative | Entry | Operations, Customer Service / Support
Assistant Sales Manager | Manager | Sales
Chief Operating Officer | C suite | C-Suite, Operations Executive, Operations
Chief Technology Officer | C suite | C-Suite, Information Technology Executive, Engineering & Technical
Chief Financial Officer | C suite | C-Suite, Finance Executive, Finance
Chief Marketing Officer | C suite | C-Suite, Marketing Executive, Marketing
Chief Sales Officer | C suite | C-Suite, Sales Executive, Sales
Chief Revenue Officer | C suite | C-Suite, Sales Executive, Sales
Chief Information Officer | C suite | C-Suite, Information Technology Executive, Information Technology
Chief Product Officer | C suite | C-Suite, Product Management
Chief of Staff | Director | C-Suite, Executive
DevOps Engineer | Entry | Engineering & Technical, DevOps
Civil Engineer | Entry | Engineering & Technical
Electrical Engineer | Entry | Engineering & Technical
Backend Engineer | Entry | Engineering & Technical, Software Development
QA Engineer | Entry | Engineering & Technical, Test / Quality Assurance
Machine Learning Engineer | Entry | Engineering & Technical, Artificial Intelligence / Machine Learning
Solutions Architect | Senior | Engineering & Technical, Information Technology
Technical Lead | Senior | Engineering & Technical, Software Development
Principal Engineer | Senior | Engineering & Technical
Scrum Master | Entry | Engineering & Technical, Scrum Master / Agile Coach
UX Designer | Entry | Design, Product / UI/UX Design
Art Director | Director | Design
Copywriter | Entry | Marketing, Content Marketing
Content Manager | Manager | Marketing, Content Marketing
SEO Specialist | Entry | Marketing, Search Engine Optimization / Pay Per Click
PR Manager | Manager | Marketing, Public Relations
Event Manager | Manager | Marketing, Event Marketing
Growth Marketing Lead | Senior | Marketing, Demand Generation
Inside Sales Representative | Entry | Sales, Inside Sales
Sales Development Representative | Entry | Sales, Business Development
Key Account Manager | Manager | Sales, Account Management
Sales Engineer | Entry | Sales, Sales Engineering
Territory Manager | Manager | Sales, Field / Outside Sales
Export Manager | Manager | Sales, Channel Sales
Importer | Owner | Operations, Supply Chain
Buyer | Entry | Finance, Sourcing / Procurement
Purchasing Manager | Manager | Finance, Sourcing / Procurement
Demand Planner | Entry | Operations, Supply Chain
Logistics Coordinator | Entry | Operations, Logistics
Warehouse Manager | Manager | Operations, Logistics
Plant Manager | Manager | Operations
Facilities Manager | Manager | Operations, Facilities Management
Quality Manager | Manager | Operations, Quality Management
Restaurant Manager | Manager | Operations, Store Operations
Estimator | Entry | Operations, Construction
Site Manager | Manager | Operations, Construction
Property Manager | Manager | Operations, Real Estate
Real Estate Broker | Owner | Operations, Real Estate
Financial Advisor | Entry | Finance
Financial Analyst | Entry | Finance, Financial Planning & Analysis
Staff Accountant | Entry | Finance, Accounting
Bookkeeper | Entry | Finance, Accounting
Investor | Partner | Finance, Investor Relations
Angel Investor | Owner | Finance
Quantitative Analyst | Entry | Finance, Financial Risk
Auditor | Entry | Finance, Internal Audit & Control
Tax Manager | Manager | Finance, Tax
Loan Officer | Entry | Finance
Insurance Agent | Entry | Sales
General Counsel | Director | Legal, Legal Counsel
Paralegal | Entry | Legal
Compliance Officer | Manager | Legal, Compliance
Associate Attorney | Entry | Legal, Lawyer / Attorney
HR Business Partner | Senior | Human Resources, HR Business Partner
HR Generalist | Entry | Human Resources
Sr. Recruiter | Senior | Human Resources, Recruiting & Talent Acquisition
Lead Recruiter | Senior | Human Resources, Recruiting & Talent Acquisition
People Operations Manager | Manager | Human Resources, People Operations
Training Manager | Manager | Human Resources, Learning & Development
System Administrator | Entry | Information Technology, IT Operations
Network Engineer | Entry | Information Technology, Networking
Database Administrator | Entry | Information Technology, Database Administration
Help Desk Technician | Entry | Information Technology, Help Desk / Desktop Services
Security Engineer | Entry | Information Technology, Information Security
IT Director | Director | Information Technology
Dentist | Owner | Medical & Health, Dentistry
Pharmacist | Entry | Medical & Health, Pharmacy
Physical Therapist | Entry | Medical & Health, Physical Therapy
Medical Director | Director | Medical & Health, Medical Administration
Clinical Research Associate | Entry | Medical & Health, Medical Research
Research Scientist | Senior | Engineering & Technical, Research & Development
School Principal | Manager | Education, Principal
Lecturer | Entry | Education, Professor
Architect | Senior | Design
Interior Designer | Entry | Design, All Design
Photographer | Owner | Design
Editor | Entry | Marketing, Content Marketing
Producer | Senior | Marketing, Advertising
Chef | Entry | Operations
Board Member | Partner | C-Suite
Chairman | C suite | C-Suite, Executive
Freelancer | Owner |
Marketing Intern | Intern | Marketing
Software Engineering Intern | Intern | Engineering & Technical, Software Development
Intern | Intern |
ceo | C suite | C-Suite, Executive
OWNER | Owner | C-Suite
cofounder | Founder | C-Suite, Founder
CEO/Owner | Owner | C-Suite, Executive
President & CEO | C suite | C-Suite, Executive
Geschäftsführer | C suite | C-Suite, Executive
Directeur Général | C suite | C-Suite, Executive
Gérant | Owner | C-Suite
Diretor Comercial | Director | Sales
Responsable Marketing | Manager | Marketing
"""

# Each function is put through each form below; these titles are the long tail. function | departments
TITLE_FUNCTIONS = """
Sales | Sales
Marketing | Marketing
Operations | Operations
Finance | Finance
Engineering | Engineering & Technical
Product | Product Management
Human Resources | Human Resources
Business Development | Sales, Business Development
Customer Success | Sales, Customer Success
Information Technology | Information Technology
Procurement | Finance, Sourcing / Procurement
Communications | Marketing, Marketing Communications
Partnerships | Sales, Partnerships
Legal | Legal
Supply Chain | Operations, Supply Chain
Strategy | Operations, Corporate Strategy
Research | Engineering & Technical, Research & Development
Design | Design, All Design
Analytics | Engineering & Technical, Business Intelligence
Logistics | Operations, Logistics
"""

# form | seniority
TITLE_FORMS = """
VP of {} | Vp
Head of {} | Head
Director of {} | Director
{} Manager | Manager
{} Director | Director
Senior {} Manager | Senior
Vice President, {} | Vp
Senior Director, {} | Director
SVP {} | Vp
Manager, {} | Manager
{} Specialist | Entry
{} Coordinator | Entry
{} Lead | Senior
Assistant {} Manager | Manager
{} Intern | Intern
"""

# Statuses, stages and the like: (value, weight).
EMAIL_STATUSES = (
    ("Verified", 60),
    ("Unavailable", 13),
    ("Unverified", 7),
    ("Likely to engage", 6),
    ("Extrapolated", 5),
    ("Guessed", 4),
    ("User Managed", 3),
    ("New Data Available", 1),
    ("", 1),
)
CATCH_ALL_STATUSES = (("Not Catch-all", 55), ("Catch-all", 20), ("", 25))
STAGES = (
    ("Cold", 72),
    ("Approaching", 8),
    ("Replied", 4),
    ("Interested", 3),
    ("Not Interested", 3),
    ("Unresponsive", 3),
    ("Do Not Contact", 1),
    ("Bad Data", 1),
    ("", 5),
)


class FundingStage(NamedTuple):
    """One funding stage: its name, its weight, the median amount in dollars and how many times that came in total."""

    name: str
    weight: int
    median: int
    total: float


FUNDING_STAGES = (
    FundingStage("Seed", 26, 1_500_000, 1.1),
    FundingStage("Series A", 14, 8_000_000, 1.4),
    FundingStage("Venture (Round not Specified)", 12, 4_000_000, 1.3),
    FundingStage("Series B", 9, 22_000_000, 1.7),
    FundingStage("Private Equity", 7, 40_000_000, 1.5),
    FundingStage("Debt Financing", 6, 5_000_000, 1.6),
    FundingStage("Angel", 6, 300_000, 1.0),
    FundingStage("Other", 5, 2_000_000, 1.2),
    FundingStage("Series C", 5, 50_000_000, 2.2),
    FundingStage("Convertible Note", 3, 700_000, 1.2),
    FundingStage("Series D", 2, 90_000_000, 2.8),
    FundingStage("Equity Crowdfunding", 2, 400_000, 1.1),
    FundingStage("Series E", 1, 150_000_000, 3.2),
    FundingStage("Series F", 1, 200_000_000, 3.8),
    FundingStage("Series G", 1, 250_000_000, 4.2),
    FundingStage("Series H", 1, 300_000_000, 5.0),
)

# By rank.
TECHNOLOGIES = """
Google Analytics; Outlook; Gmail; Google Tag Manager; WordPress.org; Mobile Friendly; Microsoft Office 365;
Google Apps; Cloudflare DNS; Nginx; Facebook Custom Audiences; Salesforce; Hubspot; Apache; Shopify; YouTube;
Google Font API; Google Maps; Amazon AWS; DoubleClick; Google Analytics 4; Slack; Bootstrap Framework; reCAPTCHA;
Woo Commerce; Mailchimp; GoDaddy Hosting; LinkedIn Marketing Solutions; Hotjar; Typekit; Vimeo; Zendesk; Stripe;
Zoominfo; Varnish; Cloudflare Hosting; Google Cloud Hosting; Microsoft Azure; React Redux; Intercom;
Linkedin Insights; Wix; Squarespace ECommerce; Magento; Sendgrid; MailChimp SPF; Google AdSense; Segment.io;
New Relic; Pardot; Marketo; Drupal; Adobe Media Optimizer; Atlassian Cloud; Google AdWords Conversion; Shopify Plus;
Bing Ads; Amazon SES; Webflow; Klaviyo; PayPal; Calendly; Greenhouse.io; Workday Recruit; Jira; Figma; Docker;
Kubernetes; Snowflake; Tableau; Power BI; Python; Java; C#; C++; Node.js; ASP.NET; PHP 8; Linux OS; SAP;
Oracle NetSuite; Shopify Product Reviews; Shopify Unlimited; BigCommerce; Example POS
"""

STREETS = """
Market Street; Main Street; Sample Avenue; Demo Road; Placeholder Lane; Oak Street; High Street; Industrial Parkway;
Commerce Drive; Harbour Road; Mill Lane; Park Avenue; Station Road; Lakeview Boulevard; Technology Way; River Road;
Hauptstraße; Bahnhofstraße; Rue de l'Exemple; Avenue du Modèle; Rua das Amostras; Calle del Ejemplo; Voorbeeldstraat;
Innovation Court; Orchard Close; Hillside Terrace; Canal Street; Victoria Road; Union Square; Foundry Row
"""

# What made-up company names are built of: a syllable and how katakana would write it. All begin with a consonant and
# none ends in one that another's onset cluster begins with, so different sequences never spell the same word.
SYLLABLES = """
ba=バ be=ベ bor=ボル bri=ブリ ca=カ cor=コル cu=ク da=ダ del=デル do=ド dra=ドラ fa=ファ fel=フェル fi=フィ ga=ガ
gor=ゴル gri=グリ ha=ハ hel=ヘル ho=ホ ja=ジャ jo=ジョ jun=ジュン ka=カア kel=ケル kri=クリ la=ラ len=レン li=リ lo=ロ
lun=ルン ma=マ mar=マル me=メ mi=ミ mon=モン na=ナ nel=ネル ni=ニ no=ノ pa=パ pel=ペル pi=ピ por=ポル qua=クア ra=ラア
ren=レン ri=リイ ro=ロオ sa=サ sel=セル sol=ソル su=ス ta=タ tel=テル tor=トル tri=トリ va=ヴァ vel=ヴェル vi=ヴィ
vor=ヴォル wen=ウェン xan=ザン zo=ゾ
"""

# Company names by style. "|" separates the name from the one used in e-mails; {stem} is the made-up word, {kana} the
# same in katakana, {noun} the trade. By rank.
COMPANY_STYLES = {
    "us": """
{stem} {noun} Inc|{stem} {noun}
{stem} {noun}|{stem} {noun}
{stem} {noun} LLC|{stem} {noun}
{stem}|{stem}
{stem} {noun} Group|{stem} {noun}
{stem} & Sons|{stem} & Sons
{stem} {noun}, Inc.|{stem} {noun}
The {stem} Company|{stem}
{stem} Corp|{stem}
{stem} {noun} Partners LLP|{stem} {noun}
{stem} {noun} Co.|{stem} {noun}
Harley & {stem}|Harley & {stem}
{noun} by {stem}|{noun} by {stem}
{stem} Solutions|{stem} Solutions
{stem} Consulting|{stem} Consulting
{stem} Staffing|{stem} Staffing
{stem} Holdings|{stem}
{stem}'s {noun}|{stem}'s {noun}
{stem} (Demo)|{stem}
Café {stem}|Café {stem}
""",
    "uk": """
{stem} {noun} Ltd|{stem} {noun}
{stem} {noun} Limited|{stem} {noun}
{stem} {noun}|{stem} {noun}
{stem} & Sons|{stem} & Sons
{stem} {noun} Group plc|{stem} {noun}
{stem}|{stem}
{stem} {noun} Pty Ltd|{stem} {noun}
{stem} Brothers|{stem} Brothers
""",
    "de": """
{stem} {noun} GmbH|{stem} {noun}
Müller {stem} GmbH|Müller {stem}
{stem} AG|{stem}
{stem} & Söhne GmbH & Co. KG|{stem} & Söhne
Bäckerei {stem}|Bäckerei {stem}
{stem} GmbH|{stem}
Grünwerk {stem} GmbH|Grünwerk {stem}
{stem} {noun}|{stem} {noun}
Gebrüder {stem} KG|Gebrüder {stem}
""",
    "fr": """
{stem} {noun} SAS|{stem} {noun}
{stem} {noun}|{stem} {noun}
Société {stem} Démo|Société {stem}
Ateliers {stem}|Ateliers {stem}
Établissements {stem} SARL|Établissements {stem}
Groupe {stem}|Groupe {stem}
Société Générale de {stem}|{stem}
""",
    "latin": """
{stem} {noun} S.A.|{stem} {noun}
{stem} {noun}|{stem} {noun}
Indústrias {stem} Ltda|Indústrias {stem}
Compañía {stem} S.L.|Compañía {stem}
Soluções {stem}|Soluções {stem}
{stem} & Hermanos|{stem} & Hermanos
Grupo {stem}|Grupo {stem}
""",
    "nl": """
{stem} {noun} B.V.|{stem} {noun}
{stem} {noun}|{stem} {noun}
{stem} & Zonen|{stem} & Zonen
{stem} Groep N.V.|{stem} Groep
""",
    "nordic": """
{stem} {noun} AB|{stem} {noun}
{stem} {noun} ApS|{stem} {noun}
{stem} Oy|{stem}
{stem} {noun}|{stem} {noun}
{stem} & Sønner A/S|{stem} & Sønner
Björk {stem}|Björk {stem}
""",
    "in": """
{stem} {noun} Pvt Ltd|{stem} {noun}
{stem} {noun} Private Limited|{stem} {noun}
{stem} {noun}|{stem} {noun}
{stem} Technologies|{stem} Technologies
{stem} Enterprises|{stem} Enterprises
नमूना {stem}|{stem}
""",
    "gulf": """
{stem} {noun} FZ-LLC|{stem} {noun}
{stem} {noun}|{stem} {noun}
Al {stem} Trading LLC|Al {stem} Trading
{stem} Group DMCC|{stem} Group
""",
    "vn": """
Công ty TNHH {stem}|{stem}
{stem} {noun} JSC|{stem} {noun}
{stem} {noun}|{stem} {noun}
Công ty Cổ phần {stem} {noun}|{stem} {noun}
""",
    "jp": """
株式会社{kana}|{kana}
{stem} {noun} K.K.|{stem} {noun}
{kana}株式会社|{kana}
株式会社サンプル{kana}|サンプル{kana}
{stem} {noun}|{stem} {noun}
""",
    "cn": """
{stem} {noun} Co., Ltd.|{stem} {noun}
{stem} {noun}|{stem} {noun}
{stem} Holdings Pte. Ltd.|{stem}
示例{stem}有限公司|{stem}
""",
    "slavic": """
{stem} {noun} Sp. z o.o.|{stem} {noun}
{stem} {noun}|{stem} {noun}
Przykładowa Spółka {stem}|{stem}
{stem} s.r.o.|{stem}
Приклад {stem}|{stem}
""",
}

# First names, then last names, by culture and by rank. An underscore is a blank; "shown=ascii" where the ASCII form
# can't be derived.
NAMES = {
    "en": (
        """
James Michael John David Robert Sarah Jennifer Chris Matthew Mark Emily Jessica Daniel Brian Kevin Laura Lisa Andrew
Steve Mary Amy Eric Karen Scott Ryan Rachel Thomas Paul Megan Nicole Jason Kelly Alex Sam Anna Ashley Patrick Tim Kate
Peter Rebecca Stephanie Josh Adam Ben Heather Nick Amanda Julia Greg Christine Olivia Emma Sean Tyler Grace Zoë Chloé
Renée André Nathan Hannah Ian Owen Leah Colin Ruth Wendy Trevor Joan Derek Paige Bruce Carla Dylan Erin Felix Gail
Harvey Irene Jasper Kendra Lionel Mabel Nora Oscar Priscilla Quentin Rosalind Silas Tabitha Ursula Vernon Winona
Mary-Jane Anne-Marie D'Arcy Siobhán Seán Bartholomew
""",
        """
Smith Johnson Brown Williams Miller Jones Davis Anderson Wilson Taylor Thompson Moore Martin Clark Walker Harris White
Lewis Hall Young King Wright Baker Green Adams Hill Campbell Mitchell Roberts Carter Phillips Evans Turner Parker
Collins Edwards Stewart Morris Murphy Cook Rogers Cooper Peterson Reed Bailey Kelly Howard Ward Cox Brooks Bennett
Gray Hughes Price Foster Sanders Ross Long Powell Sullivan Russell Butler Barnes Fisher Henderson Coleman Simmons
Patterson Jordan Reynolds Hamilton Graham Wallace West Cole Owens Gibson Ellis Harrison O'Brien O'Connor McDonald
MacLeod St._Alban Abernathy Blackwood Carmody Dunleavy Eastwick Fairbairn Greystone Hollingsworth Inglewood Jessop
Kettleby Lockhart Merriweather Northcott Oakhurst Pemberton Quillfeather Ravensdale Sandringham Thistlewood Underhill
Vandermere Whitlock Yarborough Zellinger Ashdown-Kerr Fitzwilliam-Gray Beaumont Calloway Drummond Everhart Fennimore
""",
    ),
    "de": (
        """
Thomas Michael Andreas Stefan Christian Peter Anna Julia Sabine Martin Markus Daniel Katrin Jürgen Björn Günther Jörg
Sönke Käthe Bärbel Lukas Felix Jonas Lena Laura Sophie Uwe Ralf Heike Birgit Matthias Tobias Sebastian Florian Nadine
Tanja Silke Hans-Peter Karl-Heinz Friederike Götz Wolfgang
""",
        """
Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Schröder
Neumann Schwarz Zimmermann Braun Krüger Hartmann Lange Krause Lehmann Köhler Maier König Kaiser Fuchs Weiß Jäger
Groß Böhm Vogel Keller Günther Frank Roth Lorenz Baumann Franke Albrecht Grünwald Strauß Hölzl Übelacker Löwenherz
""",
    ),
    "fr": (
        """
Nicolas Julien Thomas Pierre Sophie Marie Julie Céline François Jérôme Frédéric Stéphane Élodie Aurélie Hélène Camille
Antoine Guillaume Mathieu Benoît Léa Chloé Zoé Gaëlle Anaïs Loïc Noël Jean-Luc Jean-Pierre Marie-Claire Amélie Rémi
Sébastien Émilie Thérèse Agnès Cédric Grégory
""",
        """
Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefèvre Michel Garcia David
Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont Lambert Bonnet François Legrand Garnier Faure
Rousseau Guérin Béranger Chevalier Hébert Lécuyer D'Aubigny Villeneuve Beauséjour Côté Gagné Tremblay
""",
    ),
    "es": (
        """
José Carlos Luis Juan María Ana Laura Javier David Miguel Sergio Lucía Sofía Andrés Jesús Ángel Iván Óscar Raúl Mónica
Verónica Inés Álvaro Rocío Belén Begoña Íñigo Joaquín Natalia Pilar Ramón Tomás
""",
        """
García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno Muñoz
Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Ramírez Serrano Blanco Núñez Ibáñez Peña
""",
    ),
    "pt": (
        """
João José Ana Paulo Carlos Marcos Rafael Lucas Bruno Felipe Mariana Juliana Fernanda Camila Gabriel Thiago Rodrigo
Patrícia Cláudia Márcio Sérgio Antônio Vinícius Letícia Inês Conceição Gonçalo Tiago
""",
        """
Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins Carvalho Almeida Lopes
Soares Fernandes Vieira Barbosa Rocha Dias Nascimento Araújo Gonçalves Magalhães Simões Brandão Falcão
""",
    ),
    "nl": (
        """
Jan Peter Mark Jeroen Sander Bas Marieke Anna Lisa Sanne Daan Tim Thijs Joost Pieter Willem Femke Lotte Maaike Esther
Ruben Niels Koen Renée Daniëlle Michaël Zoë
""",
        """
Jansen de_Vries van_den_Berg Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Brouwer Dijkstra Smits
Kok Jacobs Vermeulen Schouten Willems Hoekstra Koster Prins Huisman Peeters Maes Claes Goossens Coëlho Reuvekamp
""",
    ),
    "nordic": (
        """
Anders Lars Erik Johan Anna Maria Karin Kristina Henrik Mikael Jens Søren Jørgen Bjørn Åsa Björn Göran Håkan Päivi
Jukka Mika Timo Sanna Ingrid Freja Astrid Magnus Øystein Åge Sæunn
""",
        """
Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsen Hansen Jensen Nielsen Pedersen Sørensen Jørgensen Lindström
Lindqvist Bergström Sjöberg Holmström Korhonen Virtanen Mäkinen Nieminen Hämäläinen Østergaard Nygård Åkesson Kjær
""",
    ),
    "in": (
        """
Rahul Amit Priya Rajesh Sanjay Neha Pooja Vikram Anil Sunil Deepak Ravi Suresh Kiran Anjali Kavita Manish Rohit Sandeep
Vijay Arjun Aditya Divya Swati Meera Lakshmi Harish Ganesh Nikhil Karthik अमित=amit प्रिया=priya
""",
        """
Sharma Kumar Singh Patel Gupta Shah Reddy Jain Mehta Verma Rao Nair Iyer Agarwal Mishra Joshi Desai Kulkarni Chopra
Malhotra Banerjee Mukherjee Pillai Menon Kapoor Bhatt Trivedi Naidu Saxena शर्मा=sharma
""",
    ),
    "ar": (
        """
Mohammed Ahmed Ali Omar Khalid Fatima Aisha Hassan Yousef Ibrahim Layla Mariam Noor Tariq Samir Rania Huda Zayed Faisal
Karim محمد=mohammed فاطمة=fatima
""",
        """
Khan Ahmed Hassan Al-Mansour Haddad Nasser Saleh Rahman Hussein Darwish Farouk Qureshi Mahmoud Aziz Bakr Al-Amin Sharif
Zidan Mustafa Khoury
""",
    ),
    "vn": (
        """
Minh Anh Linh Hùng Dũng Hương Thảo Tuấn Trang Hà Phương Nam Quân Đức Long Hiếu Mai Lan Ngọc Thu Bình Khánh Sơn Yến
""",
        """
Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý
""",
    ),
    "jp": (
        """
Hiroshi Takashi Kenji Yuki Akira Satoshi Naoko Yoko Keiko Makoto Daisuke Haruka Sakura Ren Sota Aoi 太郎=taro
花子=hanako 健=ken Kōji Yūto
""",
        """
Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki Yamaguchi 佐藤=sato
鈴木=suzuki Ōno Satō Inoue Kimura
""",
    ),
    "cn": (
        """
Wei Fang Jing Lei Min Yan Jun Li Xin Hui Kai Jason Vivian Kelvin Grace Joyce Mei Hao 伟=wei 娜=na
""",
        """
Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Tan Lim Lee Ng Goh Wong Chan 王=wang 陈=chen Lü
""",
    ),
    "slavic": (
        """
Piotr Anna Tomasz Katarzyna Michał Paweł Krzysztof Małgorzata Jakub Łukasz Agnieszka Jiří Zdeněk Kateřina Lukáš Oksana
Andriy Dmytro Олена=olena Тарас=taras Bartłomiej Świętosława
""",
        """
Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Novák
Svoboda Dvořák Černý Procházka Kovalenko Шевченко=shevchenko Bondarenko Jabłoński
""",
    ),
    "it": (
        """
Marco Andrea Luca Giuseppe Alessandro Francesca Giulia Chiara Paolo Matteo Davide Elena Sara Federico Niccolò Gianluca
Roberto Silvia Valentina Letizia
""",
        """
Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De_Luca Costa Giordano Mancini
Rizzo Lombardi Moretti Cantù Nicolò
""",
    ),
}


class Country(NamedTuple):
    """One country: its share, whose names its people and companies bear, its domain endings and its cities.

    A city is `city|state|telephone prefix`. Cities and endings stand by rank.
    """

    name: str
    weight: int
    culture: str
    style: str
    endings: str
    cities: str


COUNTRIES = (
    Country(
        "United States",
        560,
        "en",
        "us",
        "com com com io co net ai org us",
        """
New York|New York|+1 212
Los Angeles|California|+1 213
San Francisco|California|+1 415
Chicago|Illinois|+1 312
Austin|Texas|+1 512
Houston|Texas|+1 713
Dallas|Texas|+1 214
Boston|Massachusetts|+1 617
Seattle|Washington|+1 206
Atlanta|Georgia|+1 404
Miami|Florida|+1 305
Denver|Colorado|+1 303
San Diego|California|+1 619
Washington|District of Columbia|+1 202
Philadelphia|Pennsylvania|+1 215
Phoenix|Arizona|+1 602
San Jose|California|+1 408
Portland|Oregon|+1 503
Charlotte|North Carolina|+1 704
Minneapolis|Minnesota|+1 612
Nashville|Tennessee|+1 615
Brooklyn|New York|+1 718
Las Vegas|Nevada|+1 702
Tampa|Florida|+1 813
Orlando|Florida|+1 407
Salt Lake City|Utah|+1 801
Raleigh|North Carolina|+1 919
Columbus|Ohio|+1 614
Cleveland|Ohio|+1 216
Detroit|Michigan|+1 313
San Antonio|Texas|+1 210
Kansas City|Missouri|+1 816
St. Louis|Missouri|+1 314
Pittsburgh|Pennsylvania|+1 412
Indianapolis|Indiana|+1 317
Baltimore|Maryland|+1 410
Sacramento|California|+1 916
Irvine|California|+1 949
Oakland|California|+1 510
Fort Worth|Texas|+1 817
Jersey City|New Jersey|+1 201
Richmond|Virginia|+1 804
Milwaukee|Wisconsin|+1 414
New Orleans|Louisiana|+1 504
Louisville|Kentucky|+1 502
Omaha|Nebraska|+1 402
Oklahoma City|Oklahoma|+1 405
Charleston|South Carolina|+1 843
Birmingham|Alabama|+1 205
Boise|Idaho|+1 208
Des Moines|Iowa|+1 515
Hartford|Connecticut|+1 860
Providence|Rhode Island|+1 401
Albuquerque|New Mexico|+1 505
Honolulu|Hawaii|+1 808
Wichita|Kansas|+1 316
Little Rock|Arkansas|+1 501
Jackson|Mississippi|+1 601
Manchester|New Hampshire|+1 603
Burlington|Vermont|+1 802
Portland|Maine|+1 207
Wilmington|Delaware|+1 302
Anchorage|Alaska|+1 907
Fargo|North Dakota|+1 701
Sioux Falls|South Dakota|+1 605
Billings|Montana|+1 406
Cheyenne|Wyoming|+1 307
Charleston|West Virginia|+1 304
""",
    ),
    Country(
        "Canada",
        70,
        "en",
        "us",
        "ca com com io",
        """
Toronto|Ontario|+1 416
Vancouver|British Columbia|+1 604
Montréal|Quebec|+1 514
Calgary|Alberta|+1 403
Ottawa|Ontario|+1 613
Québec|Quebec|+1 418
Edmonton|Alberta|+1 780
Winnipeg|Manitoba|+1 204
Halifax|Nova Scotia|+1 902
Regina|Saskatchewan|+1 306
""",
    ),
    Country(
        "United Kingdom",
        90,
        "en",
        "uk",
        "co.uk co.uk com uk io org.uk",
        """
London|England|+44 20
Manchester|England|+44 161
Birmingham|England|+44 121
Edinburgh|Scotland|+44 131
Leeds|England|+44 113
Bristol|England|+44 117
Glasgow|Scotland|+44 141
Cardiff|Wales|+44 29
Belfast|Northern Ireland|+44 28
Cambridge|England|+44 1223
""",
    ),
    Country(
        "Germany",
        62,
        "de",
        "de",
        "de de com io",
        """
Berlin|Berlin|+49 30
Munich|Bavaria|+49 89
Hamburg|Hamburg|+49 40
Frankfurt am Main|Hesse|+49 69
Köln|North Rhine-Westphalia|+49 221
Düsseldorf|North Rhine-Westphalia|+49 211
Stuttgart|Baden-Württemberg|+49 711
Leipzig|Saxony|+49 341
Nürnberg|Bavaria|+49 911
Hannover|Lower Saxony|+49 511
""",
    ),
    Country(
        "India",
        62,
        "in",
        "in",
        "com in co.in io",
        """
Bengaluru|Karnataka|+91 80
Mumbai|Maharashtra|+91 22
New Delhi|Delhi|+91 11
Hyderabad|Telangana|+91 40
Pune|Maharashtra|+91 20
Chennai|Tamil Nadu|+91 44
Ahmedabad|Gujarat|+91 79
Gurugram|Haryana|+91 124
Kolkata|West Bengal|+91 33
Jaipur|Rajasthan|+91 141
""",
    ),
    Country(
        "France",
        42,
        "fr",
        "fr",
        "fr fr com io",
        """
Paris|Île-de-France|+33 1
Lyon|Auvergne-Rhône-Alpes|+33 4
Marseille|Provence-Alpes-Côte d'Azur|+33 4
Toulouse|Occitanie|+33 5
Bordeaux|Nouvelle-Aquitaine|+33 5
Nantes|Pays de la Loire|+33 2
Lille|Hauts-de-France|+33 3
Strasbourg|Grand Est|+33 3
""",
    ),
    Country(
        "Netherlands",
        32,
        "nl",
        "nl",
        "nl nl com",
        """
Amsterdam|North Holland|+31 20
Rotterdam|South Holland|+31 10
Utrecht|Utrecht|+31 30
The Hague|South Holland|+31 70
Eindhoven|North Brabant|+31 40
""",
    ),
    Country(
        "Australia",
        36,
        "en",
        "uk",
        "com.au com.au com net.au",
        """
Sydney|New South Wales|+61 2
Melbourne|Victoria|+61 3
Brisbane|Queensland|+61 7
Perth|Western Australia|+61 8
Adelaide|South Australia|+61 8
""",
    ),
    Country(
        "Brazil",
        26,
        "pt",
        "latin",
        "com.br com.br com",
        """
São Paulo|São Paulo|+55 11
Rio de Janeiro|Rio de Janeiro|+55 21
Belo Horizonte|Minas Gerais|+55 31
Curitiba|Paraná|+55 41
Florianópolis|Santa Catarina|+55 48
""",
    ),
    Country(
        "United Arab Emirates",
        18,
        "ar",
        "gulf",
        "ae com com",
        """
Dubai|Dubai|+971 4
Abu Dhabi|Abu Dhabi|+971 2
Sharjah|Sharjah|+971 6
""",
    ),
    Country(
        "Vietnam",
        14,
        "vn",
        "vn",
        "vn com.vn com",
        """
Ho Chi Minh City|Ho Chi Minh City|+84 28
Hanoi|Hanoi|+84 24
Đà Nẵng|Đà Nẵng|+84 236
""",
    ),
    Country(
        "Japan",
        14,
        "jp",
        "jp",
        "co.jp jp com",
        """
Tokyo|Tokyo|+81 3
Osaka|Osaka|+81 6
Yokohama|Kanagawa|+81 45
Kyoto|Kyoto|+81 75
東京|東京都|+81 3
""",
    ),
    Country(
        "Spain",
        16,
        "es",
        "latin",
        "es com",
        """
Madrid|Community of Madrid|+34 91
Barcelona|Catalonia|+34 93
Valencia|Valencian Community|+34 96
Málaga|Andalusia|+34 95
""",
    ),
    Country(
        "Italy",
        14,
        "it",
        "latin",
        "it com",
        """
Milan|Lombardy|+39 02
Rome|Lazio|+39 06
Forlì|Emilia-Romagna|+39 0543
""",
    ),
    Country(
        "Sweden",
        12,
        "nordic",
        "nordic",
        "se com io",
        """
Stockholm|Stockholm County|+46 8
Göteborg|Västra Götaland|+46 31
Malmö|Skåne|+46 40
""",
    ),
    Country(
        "Denmark",
        8,
        "nordic",
        "nordic",
        "dk com",
        """
Copenhagen|Capital Region of Denmark|+45 33
Århus|Central Denmark Region|+45 86
""",
    ),
    Country(
        "Finland",
        7,
        "nordic",
        "nordic",
        "fi com",
        """
Helsinki|Uusimaa|+358 9
Tampere|Pirkanmaa|+358 3
""",
    ),
    Country(
        "Norway",
        6,
        "nordic",
        "nordic",
        "no com",
        """
Oslo|Oslo|+47 22
Tromsø|Troms|+47 77
""",
    ),
    Country(
        "Ireland",
        9,
        "en",
        "uk",
        "ie com",
        """
Dublin|Leinster|+353 1
Cork|Munster|+353 21
""",
    ),
    Country(
        "Switzerland",
        10,
        "de",
        "de",
        "ch com",
        """
Zürich|Zurich|+41 44
Genève|Geneva|+41 22
Basel|Basel-Stadt|+41 61
""",
    ),
    Country(
        "Austria",
        7,
        "de",
        "de",
        "at com",
        """
Wien|Vienna|+43 1
Graz|Styria|+43 316
""",
    ),
    Country(
        "Belgium",
        9,
        "nl",
        "nl",
        "be com",
        """
Brussels|Brussels|+32 2
Antwerp|Flanders|+32 3
Liège|Wallonia|+32 4
""",
    ),
    Country(
        "New Zealand",
        8,
        "en",
        "uk",
        "co.nz com",
        """
Auckland|Auckland|+64 9
Wellington|Wellington|+64 4
""",
    ),
    Country(
        "Singapore",
        12,
        "cn",
        "cn",
        "com.sg sg com",
        """
Singapore|Singapore|+65 6
""",
    ),
    Country(
        "Mexico",
        10,
        "es",
        "latin",
        "com.mx mx com",
        """
Mexico City|Mexico City|+52 55
Monterrey|Nuevo León|+52 81
Mérida|Yucatán|+52 999
""",
    ),
    Country(
        "Poland",
        9,
        "slavic",
        "slavic",
        "pl com.pl com",
        """
Warsaw|Mazovia|+48 22
Kraków|Lesser Poland|+48 12
""",
    ),
    Country(
        "Israel",
        8,
        "en",
        "us",
        "co.il com io",
        """
Tel Aviv-Yafo|Tel Aviv District|+972 3
Haifa|Haifa|+972 4
""",
    ),
    Country(
        "South Africa",
        9,
        "en",
        "uk",
        "co.za com",
        """
Cape Town|Western Cape|+27 21
Johannesburg|Gauteng|+27 11
""",
    ),
    Country(
        "China",
        8,
        "cn",
        "cn",
        "com.cn cn com",
        """
Shanghai|Shanghai|+86 21
北京|北京市|+86 10
Shenzhen|Guangdong|+86 755
""",
    ),
    Country(
        "Hong Kong",
        5,
        "cn",
        "cn",
        "com.hk hk com",
        """
Hong Kong|Hong Kong Island|+852 2
""",
    ),
    Country(
        "Portugal",
        5,
        "pt",
        "latin",
        "pt com",
        """
Lisbon|Lisbon|+351 21
Porto|Porto|+351 22
""",
    ),
    Country(
        "Czechia",
        5,
        "slavic",
        "slavic",
        "cz com",
        """
Prague|Prague|+420 2
Brno|South Moravia|+420 5
""",
    ),
    Country(
        "Ukraine",
        4,
        "slavic",
        "slavic",
        "ua com.ua com",
        """
Київ|Kyiv City|+380 44
Lviv|Lviv Oblast|+380 32
""",
    ),
    Country(
        "Argentina",
        5,
        "es",
        "latin",
        "com.ar com",
        """
Buenos Aires|Buenos Aires|+54 11
Córdoba|Córdoba|+54 351
""",
    ),
    Country(
        "Colombia",
        4,
        "es",
        "latin",
        "com.co co com",
        """
Bogotá|Bogota|+57 1
Medellín|Antioquia|+57 4
""",
    ),
    Country(
        "Philippines",
        6,
        "es",
        "us",
        "ph com.ph com",
        """
Manila|Metro Manila|+63 2
Cebu City|Central Visayas|+63 32
""",
    ),
    Country(
        "Saudi Arabia",
        5,
        "ar",
        "gulf",
        "sa com.sa com",
        """
Riyadh|Riyadh Province|+966 11
Jeddah|Makkah|+966 12
""",
    ),
    Country(
        "Nigeria",
        5,
        "en",
        "uk",
        "com.ng ng com",
        """
Lagos|Lagos State|+234 1
Abuja|Federal Capital Territory|+234 9
""",
    ),
)


class Topic(NamedTuple):
    """A trade: the industries in it, the nouns its companies have in their names and the keywords they are tagged with.

    All by rank, separated by `;` (industry names contain commas).
    """

    weight: int
    industries: str
    nouns: str
    keywords: str


# Any company may bear these besides those of its trade.
COMMON_KEYWORDS = """
saas; marketing; technology; b2b; services; cloud; ecommerce; consulting; startup; retail; software;
digital marketing; e-commerce; information technology; seo; lead generation; online store; customer service;
analytics; mobile; project management; training; b2c; enterprise software; design; saas solutions; small business;
outsourcing; innovation; sales; data; automation; web design; social media; advertising; dtc; strategy; product line;
family owned; wholesale; manufacturing; support; sustainability; quality; global; franchise; logistics; finance;
research; consumer; security; events; content; branding; artificial intelligence; woman owned; local; nonprofit;
subscriptions; distribution
"""

TOPICS = (
    Topic(
        20,
        "information technology & services; computer software; internet; information services; "
        "computer & network security; computer games; computer networking; computer hardware; semiconductors; "
        "nanotechnology",
        "Software; Labs; Technologies; Systems; Cloud; Analytics; Data; Solutions; Networks; Robotics; Security",
        """
saas; cloud; cloud computing; fintech; machine learning; artificial intelligence; cybersecurity; web development;
mobile apps; api; devops; data analytics; big data; crm; erp; software development; it support; managed services;
data security; open source; platform; apps; internet of things; blockchain; python; c++; c#; .net development; java;
no code; workflow automation; business intelligence; it consulting; network security; video games; data integration;
developer tools; vertical saas; marketplace; computer vision; chatbots; hosting; backup & recovery; robotics;
edge computing
""",
    ),
    Topic(
        10,
        "marketing & advertising; market research; public relations & communications; graphic design; "
        "online media; outsourcing/offshoring",
        "Media; Agency; Marketing; Creative; Digital; Studio; Communications; Brands",
        """
marketing; digital marketing; seo; lead generation; creative agency; branding; advertising; social media marketing;
content marketing; ppc; email marketing; web design; public relations; video production; marketing automation;
appointment setting; google ads; influencer marketing; market research; copywriting; growth hacking; media buying;
graphic design; inbound marketing; brand strategy; campaign management; demand generation; conversion optimization;
affiliate marketing; outdoor advertising; event marketing; customer experience; storytelling; packaging design
""",
    ),
    Topic(
        10,
        "retail; apparel & fashion; consumer goods; wholesale; cosmetics; luxury goods & jewelry; "
        "consumer electronics; sporting goods; furniture; textiles; import & export; arts & crafts; "
        "business supplies & equipment",
        "Outfitters; Supply; Goods; Apparel; Store; Closets; Furniture; Trading; Boutique; Home",
        """
retail; ecommerce; online store; e-commerce; dtc; product line; shopping; fashion; apparel; consumer products;
custom closets; home decor; furniture; jewelry; beauty; cosmetics; skin care; footwear; accessories; gifts; toys;
kitchenware; lighting; wholesale & distribution; wholesale; private label; dropshipping; sporting goods; outdoor gear;
pet supplies; baby products; home organization; mattresses; handmade; luxury; streetwear; textiles; eyewear;
appliances; garage storage; point of sale; brick & mortar
""",
    ),
    Topic(
        12,
        "construction; real estate; commercial real estate; architecture & planning; building materials; "
        "civil engineering; glass, ceramics & concrete; facilities services",
        "Construction; Builders; Properties; Realty; Homes; Contractors; Development; Design; Closets; Roofing",
        """
construction; real estate; general contractor; commercial construction; residential; property management; remodeling;
custom homes; renovation; interior design; architecture; design build; custom closets; roofing; hvac; plumbing;
electrical; flooring; concrete; landscaping; kitchen remodeling; bathroom remodeling; home improvement;
project planning; preconstruction; leasing; apartments; multifamily; realtors; mortgage; land development;
building maintenance; facility management; green building; surveying; structural engineering; windows & doors;
cabinets; painting; cleaning
""",
    ),
    Topic(
        9,
        "financial services; banking; insurance; accounting; investment management; "
        "venture capital & private equity; capital markets; investment banking",
        "Capital; Financial; Advisors; Wealth; Partners; Insurance; Ventures; Accounting; Bank",
        """
financial services; fintech; banking; corporate banking; insurance; wealth management; investment; accounting; tax;
payments; lending; mortgages; retirement planning; bookkeeping; payroll; private equity; venture capital;
risk management; financial planning; asset management; hedge funds; trading; credit cards; auditing;
commercial banking; life insurance; health insurance; mergers & acquisitions; startup funding; personal finance;
estate planning; cryptocurrency; leasing
""",
    ),
    Topic(
        9,
        "hospital & health care; health, wellness & fitness; medical practice; medical devices; pharmaceuticals; "
        "biotechnology; mental health care; alternative medicine; veterinary",
        "Health; Clinic; Medical; Wellness; Pharma; Therapeutics; Dental; Care; Biotech",
        """
health care; wellness; fitness; medical; dental; hospitals; medical devices; pharmaceuticals; biotechnology;
telehealth; physical therapy; mental health; nutrition; clinical trials; diagnostics; home care; nursing; yoga;
personal training; supplements; chiropractic; primary care; pediatrics; dermatology; oncology; digital health;
patient care; senior living; veterinary; pharmacy; medical billing; health informatics; rehabilitation; weight loss;
massage; acupuncture; genomics
""",
    ),
    Topic(
        7,
        "mechanical or industrial engineering; machinery; electrical/electronic manufacturing; "
        "industrial automation; chemicals; plastics; packaging & containers; paper & forest products; "
        "aviation & aerospace; defense & space; shipbuilding; railroad manufacture; mining & metals",
        "Industries; Robotics; Manufacturing; Engineering; Machinery; Controls; Dynamics; Metals; Plastics; Packaging",
        """
manufacturing; engineering; industrial automation; robotics; machining; cnc; metal fabrication; aerospace;
electronics; packaging; plastics; injection molding; chemicals; product development; 3d printing; sensors; hydraulics;
pumps; valves; steel; tooling; welding; quality control; oem; contract manufacturing; lean manufacturing;
industrial equipment; mining; precision engineering; test equipment; power tools; coatings; adhesives;
conveyor systems; defense; semiconductors; motors
""",
    ),
    Topic(
        7,
        "food & beverages; restaurants; wine & spirits; food production; supermarkets; farming; dairy; "
        "agriculture; fishery; ranching; tobacco",
        "Foods; Kitchen; Brewery; Vineyards; Market; Grocers; Bakery; Farms; Roasters",
        """
food; restaurants; grocery; supermarket; wine; brewery; craft beer; beverages; catering; coffee; bakery; organic;
food production; spirits; food delivery; winery; distillery; snacks; dairy; seafood; meat; agriculture; farming;
produce; gluten free; vegan; tea; chocolate; ice cream; food service; bar; pizza; frozen food; farm to table;
supply chain; cheese; fine dining; food safety; irrigation; seeds; vertical farming; olive oil
""",
    ),
    Topic(
        5,
        "automotive; sports; recreational facilities & services",
        "Motors; Motorcycles; Auto; Cycles; Garage; Dealership; Sports",
        """
automotive; motorcycle dealership; motorcycle; carsports; auto repair; car dealership; used cars; auto parts;
electric vehicles; tires; racing; powersports; boats; rv dealership; car rental; detailing; bicycles; scooters;
fleet management; auto body; golf; fitness clubs; sports teams; recreation; trucks; charging stations; motorsport;
off road; helmets; leather jackets; custom bikes; test drives
""",
    ),
    Topic(
        5,
        "logistics & supply chain; transportation/trucking/railroad; package/freight delivery; warehousing; "
        "maritime; airlines/aviation; international trade & development",
        "Logistics; Freight; Transport; Shipping; Cargo; Express; Lines",
        """
logistics; freight; trucking; supply chain; warehousing; shipping; transportation; last mile delivery;
freight forwarding; customs brokerage; distribution; import; export; air freight; ocean freight; courier;
cold storage; fulfillment; 3pl; railroad; aviation; fleet; dispatch; moving; port services; inventory management;
route planning; intermodal; pallets
""",
    ),
    Topic(
        6,
        "management consulting; staffing & recruiting; human resources; professional training & coaching; "
        "law practice; legal services; executive office; alternative dispute resolution; "
        "translation & localization",
        "Consulting; Staffing; Partners; Advisory; Group; Law; Associates; Talent; Coaching",
        """
consulting; staffing; recruiting; executive search; management consulting; coaching; human resources; leadership;
legal; law firm; litigation; training; change management; hr consulting; temporary staffing; strategy consulting;
business development; intellectual property; payroll services; compliance; immigration; personal injury; family law;
mediation; team building; workforce management; translation; localization; career development; interim management;
process improvement; business coaching; talent acquisition; contract review; virtual assistants
""",
    ),
    Topic(
        5,
        "education management; e-learning; higher education; primary/secondary education; research; libraries; "
        "museums & institutions; think tanks; program development",
        "Academy; Learning; Institute; School; Education; Research",
        """
education; e-learning; higher education; online courses; tutoring; schools; edtech; curriculum; test preparation;
language learning; universities; professional development; stem; early childhood; certification; research;
student success; libraries; museums; vocational training; learning management system; scholarships; bootcamp;
montessori; distance learning; academic publishing; continuing education
""",
    ),
    Topic(
        5,
        "entertainment; media production; music; publishing; broadcast media; motion pictures & film; design; "
        "photography; writing & editing; newspapers; printing; performing arts; animation; fine art; "
        "gambling & casinos",
        "Studios; Productions; Pictures; Press; Records; Entertainment; Publishing",
        """
entertainment; video production; film; music; photography; publishing; animation; podcasts; live events; gaming;
post production; streaming; news; magazines; books; printing; design; art; theater; recording studio; sound design;
visual effects; documentary; licensing; concerts; ticketing; radio; television; esports; illustration; galleries;
comics
""",
    ),
    Topic(
        4,
        "hospitality; leisure, travel & tourism; events services",
        "Hotels; Travel; Resorts; Events; Tours; Hospitality",
        """
travel; hospitality; hotels; tourism; events; weddings; event planning; resorts; vacation rentals; tours; cruises;
travel agency; conferences; corporate travel; spa; camping; adventure travel; booking engine; bed & breakfast;
trade shows; destination management; nightlife; eco tourism; ski
""",
    ),
    Topic(
        4,
        "nonprofit organization management; government administration; religious institutions; "
        "civic & social organization; individual & family services; philanthropy; fund-raising; public policy; "
        "international affairs; political organization; government relations; public safety; law enforcement; "
        "military; judiciary; legislative office",
        "Foundation; Alliance; Council; Society; Network; Trust",
        """
nonprofit; community; fundraising; charity; volunteering; advocacy; government; public policy; housing;
youth programs; social services; religion; philanthropy; grants; human rights; public safety; veterans;
disaster relief; civic engagement; arts & culture; food bank; animal welfare; mentoring; child care; elections;
international development; homelessness
""",
    ),
    Topic(
        5,
        "oil & energy; renewables & environment; utilities; environmental services",
        "Energy; Solar; Power; Environmental; Renewables; Utilities",
        """
energy; solar; renewable energy; oil & gas; sustainability; wind power; utilities; environmental consulting; recycling;
waste management; water treatment; clean energy; energy efficiency; batteries; drilling; pipelines; carbon footprint;
geothermal; electricity; remediation; climate tech; smart grid; hydrogen; biofuels; energy storage
""",
    ),
    Topic(
        5,
        "consumer services; telecommunications; security & investigations; wireless",
        "Services; Telecom; Security; Wireless; Mobile; Communications; Cleaning",
        """
telecommunications; wireless; consumer services; voip; internet service provider; fiber; security systems;
alarm systems; home services; pest control; cleaning services; moving services; surveillance; call center; broadband;
mobile networks; unified communications; access control; private investigation; pool service; locksmith;
funeral services; dry cleaning; handyman; child safety; satellite
""",
    ),
)
