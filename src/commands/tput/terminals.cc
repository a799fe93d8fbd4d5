/// What terminals can do, as terminfo writes it down: facts of ncurses 6.4's database for the
/// values of TERM that are usual, one capability a string.
/// Source: terminfo(5); infocmp(1).
#include "commands/tput/terminals.h"

#include <algorithm>

namespace nacre {
namespace {

// clang-format off
constexpr std::string_view kDumb[] = {
    "am", "cols#80", "bel=^G", "cr=\\r", "cud1=\\n", "ind=\\n",
};
constexpr std::string_view kXterm[] = {
    "am", "bce", "km", "mir", "msgr", "xenl", "colors#8", "cols#80", "it#8", "lines#24", "pairs#64",
    "acsc=``aaffggiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~", "bel=^G", "blink=\\E[5m", "bold=\\E[1m", "cbt=\\E[Z", "civis=\\E[?25l",
    "clear=\\E[H\\E[2J", "cnorm=\\E[?12l\\E[?25h", "cr=\\r", "csr=\\E[%i%p1%d;%p2%dr", "cub=\\E[%p1%dD", "cub1=^H", "cud=\\E[%p1%dB", "cud1=\\n",
    "cuf=\\E[%p1%dC", "cuf1=\\E[C", "cup=\\E[%i%p1%d;%p2%dH", "cuu=\\E[%p1%dA", "cuu1=\\E[A", "cvvis=\\E[?12;25h", "dch=\\E[%p1%dP", "dch1=\\E[P",
    "dim=\\E[2m", "dl=\\E[%p1%dM", "dl1=\\E[M", "ech=\\E[%p1%dX", "ed=\\E[J", "el=\\E[K", "el1=\\E[1K", "flash=\\E[?5h$<100/>\\E[?5l", "home=\\E[H",
    "hpa=\\E[%i%p1%dG", "ht=^I", "ich=\\E[%p1%d@", "il=\\E[%p1%dL", "il1=\\E[L", "ind=\\n", "indn=\\E[%p1%dS", "invis=\\E[8m",
    "is2=\\E[!p\\E[?3;4l\\E[4l\\E>", "kbs=^?", "kcub1=\\EOD", "kcud1=\\EOB", "kcuf1=\\EOC", "kcuu1=\\EOA", "kdch1=\\E[3~", "kend=\\EOF", "kf1=\\EOP",
    "kf10=\\E[21~", "kf11=\\E[23~", "kf12=\\E[24~", "kf2=\\EOQ", "kf3=\\EOR", "kf4=\\EOS", "kf5=\\E[15~", "kf6=\\E[17~", "kf7=\\E[18~", "kf8=\\E[19~",
    "kf9=\\E[20~", "khome=\\EOH", "kich1=\\E[2~", "knp=\\E[6~", "kpp=\\E[5~", "op=\\E[39;49m", "rc=\\E8", "rep=%p1%c\\E[%p2%{1}%-%db", "rev=\\E[7m",
    "ri=\\EM", "rin=\\E[%p1%dT", "ritm=\\E[23m", "rmacs=\\E(B", "rmam=\\E[?7l", "rmcup=\\E[?1049l\\E[23;0;0t", "rmir=\\E[4l", "rmkx=\\E[?1l\\E>",
    "rmso=\\E[27m", "rmul=\\E[24m", "rs1=\\Ec", "rs2=\\E[!p\\E[?3;4l\\E[4l\\E>", "sc=\\E7", "setab=\\E[4%p1%dm", "setaf=\\E[3%p1%dm",
    "sgr=%?%p9%t\\E(0%e\\E(B%;\\E[0%?%p6%t;1%;%?%p5%t;2%;%?%p2%t;4%;%?%p1%p3%|%t;7%;%?%p4%t;5%;%?%p7%t;8%;m", "sgr0=\\E(B\\E[m", "sitm=\\E[3m",
    "smacs=\\E(0", "smam=\\E[?7h", "smcup=\\E[?1049h\\E[22;0;0t", "smir=\\E[4h", "smkx=\\E[?1h\\E=", "smso=\\E[7m", "smul=\\E[4m", "tbc=\\E[3g",
    "vpa=\\E[%i%p1%dd", "E3=\\E[3J",
};
constexpr std::string_view kXterm256color[] = {
    "am", "bce", "km", "mir", "msgr", "xenl", "colors#0x100", "cols#80", "it#8", "lines#24", "pairs#0x10000",
    "acsc=``aaffggiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~", "bel=^G", "blink=\\E[5m", "bold=\\E[1m", "cbt=\\E[Z", "civis=\\E[?25l",
    "clear=\\E[H\\E[2J", "cnorm=\\E[?12l\\E[?25h", "cr=\\r", "csr=\\E[%i%p1%d;%p2%dr", "cub=\\E[%p1%dD", "cub1=^H", "cud=\\E[%p1%dB", "cud1=\\n",
    "cuf=\\E[%p1%dC", "cuf1=\\E[C", "cup=\\E[%i%p1%d;%p2%dH", "cuu=\\E[%p1%dA", "cuu1=\\E[A", "cvvis=\\E[?12;25h", "dch=\\E[%p1%dP", "dch1=\\E[P",
    "dim=\\E[2m", "dl=\\E[%p1%dM", "dl1=\\E[M", "ech=\\E[%p1%dX", "ed=\\E[J", "el=\\E[K", "el1=\\E[1K", "flash=\\E[?5h$<100/>\\E[?5l", "home=\\E[H",
    "hpa=\\E[%i%p1%dG", "ht=^I", "ich=\\E[%p1%d@", "il=\\E[%p1%dL", "il1=\\E[L", "ind=\\n", "indn=\\E[%p1%dS",
    "initc=\\E]4;%p1%d;rgb:%p2%{255}%*%{1000}%/%2.2X/%p3%{255}%*%{1000}%/%2.2X/%p4%{255}%*%{1000}%/%2.2X\\E\\\\", "invis=\\E[8m",
    "is2=\\E[!p\\E[?3;4l\\E[4l\\E>", "kbs=^?", "kcub1=\\EOD", "kcud1=\\EOB", "kcuf1=\\EOC", "kcuu1=\\EOA", "kdch1=\\E[3~", "kend=\\EOF", "kf1=\\EOP",
    "kf10=\\E[21~", "kf11=\\E[23~", "kf12=\\E[24~", "kf2=\\EOQ", "kf3=\\EOR", "kf4=\\EOS", "kf5=\\E[15~", "kf6=\\E[17~", "kf7=\\E[18~", "kf8=\\E[19~",
    "kf9=\\E[20~", "khome=\\EOH", "kich1=\\E[2~", "knp=\\E[6~", "kpp=\\E[5~", "oc=\\E]104\\007", "op=\\E[39;49m", "rc=\\E8",
    "rep=%p1%c\\E[%p2%{1}%-%db", "rev=\\E[7m", "ri=\\EM", "rin=\\E[%p1%dT", "ritm=\\E[23m", "rmacs=\\E(B", "rmam=\\E[?7l",
    "rmcup=\\E[?1049l\\E[23;0;0t", "rmir=\\E[4l", "rmkx=\\E[?1l\\E>", "rmso=\\E[27m", "rmul=\\E[24m", "rs1=\\Ec\\E]104\\007",
    "rs2=\\E[!p\\E[?3;4l\\E[4l\\E>", "sc=\\E7", "setab=\\E[%?%p1%{8}%<%t4%p1%d%e%p1%{16}%<%t10%p1%{8}%-%d%e48;5;%p1%d%;m",
    "setaf=\\E[%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e38;5;%p1%d%;m",
    "sgr=%?%p9%t\\E(0%e\\E(B%;\\E[0%?%p6%t;1%;%?%p5%t;2%;%?%p2%t;4%;%?%p1%p3%|%t;7%;%?%p4%t;5%;%?%p7%t;8%;m", "sgr0=\\E(B\\E[m", "sitm=\\E[3m",
    "smacs=\\E(0", "smam=\\E[?7h", "smcup=\\E[?1049h\\E[22;0;0t", "smir=\\E[4h", "smkx=\\E[?1h\\E=", "smso=\\E[7m", "smul=\\E[4m", "tbc=\\E[3g",
    "vpa=\\E[%i%p1%dd", "E3=\\E[3J",
};
constexpr std::string_view kScreen[] = {
    "am", "km", "mir", "msgr", "xenl", "colors#8", "cols#80", "it#8", "lines#24", "pairs#64",
    "acsc=++\\,\\,--..00``aaffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~", "bel=^G", "blink=\\E[5m", "bold=\\E[1m", "cbt=\\E[Z",
    "civis=\\E[?25l", "clear=\\E[H\\E[J", "cnorm=\\E[34h\\E[?25h", "cr=\\r", "csr=\\E[%i%p1%d;%p2%dr", "cub=\\E[%p1%dD", "cub1=^H", "cud=\\E[%p1%dB",
    "cud1=\\n", "cuf=\\E[%p1%dC", "cuf1=\\E[C", "cup=\\E[%i%p1%d;%p2%dH", "cuu=\\E[%p1%dA", "cuu1=\\EM", "cvvis=\\E[34l", "dch=\\E[%p1%dP",
    "dch1=\\E[P", "dim=\\E[2m", "dl=\\E[%p1%dM", "dl1=\\E[M", "ed=\\E[J", "el=\\E[K", "el1=\\E[1K", "enacs=\\E(B\\E)0", "flash=\\Eg", "home=\\E[H",
    "hpa=\\E[%i%p1%dG", "ht=^I", "ich=\\E[%p1%d@", "il=\\E[%p1%dL", "il1=\\E[L", "ind=\\n", "indn=\\E[%p1%dS", "is2=\\E)0", "kbs=^?", "kcub1=\\EOD",
    "kcud1=\\EOB", "kcuf1=\\EOC", "kcuu1=\\EOA", "kdch1=\\E[3~", "kend=\\E[4~", "kf1=\\EOP", "kf10=\\E[21~", "kf11=\\E[23~", "kf12=\\E[24~",
    "kf2=\\EOQ", "kf3=\\EOR", "kf4=\\EOS", "kf5=\\E[15~", "kf6=\\E[17~", "kf7=\\E[18~", "kf8=\\E[19~", "kf9=\\E[20~", "khome=\\E[1~", "kich1=\\E[2~",
    "knp=\\E[6~", "kpp=\\E[5~", "op=\\E[39;49m", "rc=\\E8", "rev=\\E[7m", "ri=\\EM", "rin=\\E[%p1%dT", "rmacs=^O", "rmcup=\\E[?1049l", "rmir=\\E[4l",
    "rmkx=\\E[?1l\\E>", "rmso=\\E[23m", "rmul=\\E[24m", "rs2=\\Ec\\E[?1000l\\E[?25h", "sc=\\E7", "setab=\\E[4%p1%dm", "setaf=\\E[3%p1%dm",
    "sgr=\\E[0%?%p6%t;1%;%?%p1%t;3%;%?%p2%t;4%;%?%p3%t;7%;%?%p4%t;5%;%?%p5%t;2%;m%?%p9%t\\016%e\\017%;", "sgr0=\\E[m\\017", "smacs=^N",
    "smcup=\\E[?1049h", "smir=\\E[4h", "smkx=\\E[?1h\\E=", "smso=\\E[3m", "smul=\\E[4m", "tbc=\\E[3g", "vpa=\\E[%i%p1%dd",
};
constexpr std::string_view kScreen256color[] = {
    "am", "km", "mir", "msgr", "xenl", "colors#0x100", "cols#80", "it#8", "lines#24", "pairs#0x10000",
    "acsc=++\\,\\,--..00``aaffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~", "bel=^G", "blink=\\E[5m", "bold=\\E[1m", "cbt=\\E[Z",
    "civis=\\E[?25l", "clear=\\E[H\\E[J", "cnorm=\\E[34h\\E[?25h", "cr=\\r", "csr=\\E[%i%p1%d;%p2%dr", "cub=\\E[%p1%dD", "cub1=^H", "cud=\\E[%p1%dB",
    "cud1=\\n", "cuf=\\E[%p1%dC", "cuf1=\\E[C", "cup=\\E[%i%p1%d;%p2%dH", "cuu=\\E[%p1%dA", "cuu1=\\EM", "cvvis=\\E[34l", "dch=\\E[%p1%dP",
    "dch1=\\E[P", "dim=\\E[2m", "dl=\\E[%p1%dM", "dl1=\\E[M", "ed=\\E[J", "el=\\E[K", "el1=\\E[1K", "enacs=\\E(B\\E)0", "flash=\\Eg", "home=\\E[H",
    "hpa=\\E[%i%p1%dG", "ht=^I", "ich=\\E[%p1%d@", "il=\\E[%p1%dL", "il1=\\E[L", "ind=\\n", "indn=\\E[%p1%dS", "is2=\\E)0", "kbs=^?", "kcub1=\\EOD",
    "kcud1=\\EOB", "kcuf1=\\EOC", "kcuu1=\\EOA", "kdch1=\\E[3~", "kend=\\E[4~", "kf1=\\EOP", "kf10=\\E[21~", "kf11=\\E[23~", "kf12=\\E[24~",
    "kf2=\\EOQ", "kf3=\\EOR", "kf4=\\EOS", "kf5=\\E[15~", "kf6=\\E[17~", "kf7=\\E[18~", "kf8=\\E[19~", "kf9=\\E[20~", "khome=\\E[1~", "kich1=\\E[2~",
    "knp=\\E[6~", "kpp=\\E[5~", "op=\\E[39;49m", "rc=\\E8", "rev=\\E[7m", "ri=\\EM", "rin=\\E[%p1%dT", "rmacs=^O", "rmcup=\\E[?1049l", "rmir=\\E[4l",
    "rmkx=\\E[?1l\\E>", "rmso=\\E[23m", "rmul=\\E[24m", "rs2=\\Ec\\E[?1000l\\E[?25h", "sc=\\E7",
    "setab=\\E[%?%p1%{8}%<%t4%p1%d%e%p1%{16}%<%t10%p1%{8}%-%d%e48;5;%p1%d%;m",
    "setaf=\\E[%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e38;5;%p1%d%;m",
    "sgr=\\E[0%?%p6%t;1%;%?%p1%t;3%;%?%p2%t;4%;%?%p3%t;7%;%?%p4%t;5%;%?%p5%t;2%;m%?%p9%t\\016%e\\017%;", "sgr0=\\E[m\\017", "smacs=^N",
    "smcup=\\E[?1049h", "smir=\\E[4h", "smkx=\\E[?1h\\E=", "smso=\\E[3m", "smul=\\E[4m", "tbc=\\E[3g", "vpa=\\E[%i%p1%dd",
};
constexpr std::string_view kTmux[] = {
    "am", "km", "mir", "msgr", "xenl", "colors#8", "cols#80", "it#8", "lines#24", "pairs#64",
    "acsc=++\\,\\,--..00``aaffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~", "bel=^G", "blink=\\E[5m", "bold=\\E[1m", "cbt=\\E[Z",
    "civis=\\E[?25l", "clear=\\E[H\\E[J", "cnorm=\\E[34h\\E[?25h", "cr=\\r", "csr=\\E[%i%p1%d;%p2%dr", "cub=\\E[%p1%dD", "cub1=^H", "cud=\\E[%p1%dB",
    "cud1=\\n", "cuf=\\E[%p1%dC", "cuf1=\\E[C", "cup=\\E[%i%p1%d;%p2%dH", "cuu=\\E[%p1%dA", "cuu1=\\EM", "cvvis=\\E[34l", "dch=\\E[%p1%dP",
    "dch1=\\E[P", "dim=\\E[2m", "dl=\\E[%p1%dM", "dl1=\\E[M", "ed=\\E[J", "el=\\E[K", "el1=\\E[1K", "enacs=\\E(B\\E)0", "flash=\\Eg", "home=\\E[H",
    "hpa=\\E[%i%p1%dG", "ht=^I", "ich=\\E[%p1%d@", "il=\\E[%p1%dL", "il1=\\E[L", "ind=\\n", "indn=\\E[%p1%dS", "invis=\\E[8m", "is2=\\E)0", "kbs=^?",
    "kcub1=\\EOD", "kcud1=\\EOB", "kcuf1=\\EOC", "kcuu1=\\EOA", "kdch1=\\E[3~", "kend=\\E[4~", "kf1=\\EOP", "kf10=\\E[21~", "kf11=\\E[23~",
    "kf12=\\E[24~", "kf2=\\EOQ", "kf3=\\EOR", "kf4=\\EOS", "kf5=\\E[15~", "kf6=\\E[17~", "kf7=\\E[18~", "kf8=\\E[19~", "kf9=\\E[20~", "khome=\\E[1~",
    "kich1=\\E[2~", "knp=\\E[6~", "kpp=\\E[5~", "op=\\E[39;49m", "rc=\\E8", "rev=\\E[7m", "ri=\\EM", "rin=\\E[%p1%dT", "ritm=\\E[23m", "rmacs=^O",
    "rmcup=\\E[?1049l", "rmir=\\E[4l", "rmkx=\\E[?1l\\E>", "rmso=\\E[27m", "rmul=\\E[24m", "rs2=\\Ec\\E[?1000l\\E[?25h", "sc=\\E7",
    "setab=\\E[4%p1%dm", "setaf=\\E[3%p1%dm",
    "sgr=\\E[0%?%p6%t;1%;%?%p2%t;4%;%?%p1%p3%|%t;7%;%?%p4%t;5%;%?%p5%t;2%;%?%p7%t;8%;m%?%p9%t\\016%e\\017%;", "sgr0=\\E[m\\017", "sitm=\\E[3m",
    "smacs=^N", "smcup=\\E[?1049h", "smir=\\E[4h", "smkx=\\E[?1h\\E=", "smso=\\E[7m", "smul=\\E[4m", "tbc=\\E[3g", "vpa=\\E[%i%p1%dd", "E3=\\E[3J",
};
constexpr std::string_view kTmux256color[] = {
    "am", "km", "mir", "msgr", "xenl", "colors#0x100", "cols#80", "it#8", "lines#24", "pairs#0x10000",
    "acsc=++\\,\\,--..00``aaffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~", "bel=^G", "blink=\\E[5m", "bold=\\E[1m", "cbt=\\E[Z",
    "civis=\\E[?25l", "clear=\\E[H\\E[J", "cnorm=\\E[34h\\E[?25h", "cr=\\r", "csr=\\E[%i%p1%d;%p2%dr", "cub=\\E[%p1%dD", "cub1=^H", "cud=\\E[%p1%dB",
    "cud1=\\n", "cuf=\\E[%p1%dC", "cuf1=\\E[C", "cup=\\E[%i%p1%d;%p2%dH", "cuu=\\E[%p1%dA", "cuu1=\\EM", "cvvis=\\E[34l", "dch=\\E[%p1%dP",
    "dch1=\\E[P", "dim=\\E[2m", "dl=\\E[%p1%dM", "dl1=\\E[M", "ed=\\E[J", "el=\\E[K", "el1=\\E[1K", "enacs=\\E(B\\E)0", "flash=\\Eg", "home=\\E[H",
    "hpa=\\E[%i%p1%dG", "ht=^I", "ich=\\E[%p1%d@", "il=\\E[%p1%dL", "il1=\\E[L", "ind=\\n", "indn=\\E[%p1%dS", "invis=\\E[8m", "is2=\\E)0", "kbs=^?",
    "kcub1=\\EOD", "kcud1=\\EOB", "kcuf1=\\EOC", "kcuu1=\\EOA", "kdch1=\\E[3~", "kend=\\E[4~", "kf1=\\EOP", "kf10=\\E[21~", "kf11=\\E[23~",
    "kf12=\\E[24~", "kf2=\\EOQ", "kf3=\\EOR", "kf4=\\EOS", "kf5=\\E[15~", "kf6=\\E[17~", "kf7=\\E[18~", "kf8=\\E[19~", "kf9=\\E[20~", "khome=\\E[1~",
    "kich1=\\E[2~", "knp=\\E[6~", "kpp=\\E[5~", "op=\\E[39;49m", "rc=\\E8", "rev=\\E[7m", "ri=\\EM", "rin=\\E[%p1%dT", "ritm=\\E[23m", "rmacs=^O",
    "rmcup=\\E[?1049l", "rmir=\\E[4l", "rmkx=\\E[?1l\\E>", "rmso=\\E[27m", "rmul=\\E[24m", "rs2=\\Ec\\E[?1000l\\E[?25h", "sc=\\E7",
    "setab=\\E[%?%p1%{8}%<%t4%p1%d%e%p1%{16}%<%t10%p1%{8}%-%d%e48;5;%p1%d%;m",
    "setaf=\\E[%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e38;5;%p1%d%;m",
    "sgr=\\E[0%?%p6%t;1%;%?%p2%t;4%;%?%p1%p3%|%t;7%;%?%p4%t;5%;%?%p5%t;2%;%?%p7%t;8%;m%?%p9%t\\016%e\\017%;", "sgr0=\\E[m\\017", "sitm=\\E[3m",
    "smacs=^N", "smcup=\\E[?1049h", "smir=\\E[4h", "smkx=\\E[?1h\\E=", "smso=\\E[7m", "smul=\\E[4m", "tbc=\\E[3g", "vpa=\\E[%i%p1%dd", "E3=\\E[3J",
};
constexpr std::string_view kLinux[] = {
    "am", "bce", "mir", "msgr", "xenl", "colors#8", "it#8", "pairs#64", "acsc=++\\,\\,--..00``aaffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~",
    "bel=^G", "blink=\\E[5m", "bold=\\E[1m", "civis=\\E[?25l\\E[?1c", "clear=\\E[H\\E[J", "cnorm=\\E[?25h\\E[?0c", "cr=\\r", "csr=\\E[%i%p1%d;%p2%dr",
    "cub=\\E[%p1%dD", "cub1=^H", "cud=\\E[%p1%dB", "cud1=\\n", "cuf=\\E[%p1%dC", "cuf1=\\E[C", "cup=\\E[%i%p1%d;%p2%dH", "cuu=\\E[%p1%dA",
    "cuu1=\\E[A", "cvvis=\\E[?25h\\E[?8c", "dch=\\E[%p1%dP", "dch1=\\E[P", "dim=\\E[2m", "dl=\\E[%p1%dM", "dl1=\\E[M", "ech=\\E[%p1%dX", "ed=\\E[J",
    "el=\\E[K", "el1=\\E[1K", "enacs=\\E)0", "flash=\\E[?5h$<200/>\\E[?5l", "home=\\E[H", "hpa=\\E[%i%p1%dG", "ht=^I", "ich=\\E[%p1%d@", "ich1=\\E[@",
    "il=\\E[%p1%dL", "il1=\\E[L", "ind=\\n", "initc=\\E]P%p1%x%p2%{255}%*%{1000}%/%02x%p3%{255}%*%{1000}%/%02x%p4%{255}%*%{1000}%/%02x", "kbs=^?",
    "kcub1=\\E[D", "kcud1=\\E[B", "kcuf1=\\E[C", "kcuu1=\\E[A", "kdch1=\\E[3~", "kend=\\E[4~", "kf1=\\E[[A", "kf10=\\E[21~", "kf11=\\E[23~",
    "kf12=\\E[24~", "kf2=\\E[[B", "kf3=\\E[[C", "kf4=\\E[[D", "kf5=\\E[[E", "kf6=\\E[17~", "kf7=\\E[18~", "kf8=\\E[19~", "kf9=\\E[20~",
    "khome=\\E[1~", "kich1=\\E[2~", "knp=\\E[6~", "kpp=\\E[5~", "oc=\\E]R", "op=\\E[39;49m", "rc=\\E8", "rev=\\E[7m", "ri=\\EM", "rmacs=^O",
    "rmam=\\E[?7l", "rmir=\\E[4l", "rmso=\\E[27m", "rmul=\\E[24m", "rs1=\\Ec\\E]R", "sc=\\E7", "setab=\\E[4%p1%dm", "setaf=\\E[3%p1%dm",
    "sgr=\\E[0;10%?%p1%t;7%;%?%p2%t;4%;%?%p3%t;7%;%?%p4%t;5%;%?%p5%t;2%;%?%p6%t;1%;m%?%p9%t\\016%e\\017%;", "sgr0=\\E[m\\017", "smacs=^N",
    "smam=\\E[?7h", "smir=\\E[4h", "smso=\\E[7m", "smul=\\E[4m", "tbc=\\E[3g", "vpa=\\E[%i%p1%dd", "E3=\\E[3J",
};
constexpr std::string_view kVt100[] = {
    "am", "msgr", "xenl", "cols#80", "it#8", "lines#24", "acsc=``aaffggjjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~", "bel=^G", "blink=\\E[5m$<2>",
    "bold=\\E[1m$<2>", "clear=\\E[H\\E[J$<50>", "cr=\\r", "csr=\\E[%i%p1%d;%p2%dr", "cub=\\E[%p1%dD", "cub1=^H", "cud=\\E[%p1%dB", "cud1=\\n",
    "cuf=\\E[%p1%dC", "cuf1=\\E[C$<2>", "cup=\\E[%i%p1%d;%p2%dH$<5>", "cuu=\\E[%p1%dA", "cuu1=\\E[A$<2>", "ed=\\E[J$<50>", "el=\\E[K$<3>",
    "el1=\\E[1K$<3>", "enacs=\\E(B\\E)0", "home=\\E[H", "ht=^I", "ind=\\n", "kbs=^H", "kcub1=\\EOD", "kcud1=\\EOB", "kcuf1=\\EOC", "kcuu1=\\EOA",
    "kf1=\\EOP", "kf10=\\EOx", "kf2=\\EOQ", "kf3=\\EOR", "kf4=\\EOS", "kf5=\\EOt", "kf6=\\EOu", "kf7=\\EOv", "kf8=\\EOl", "kf9=\\EOw", "rc=\\E8",
    "rev=\\E[7m$<2>", "ri=\\EM$<5>", "rmacs=^O", "rmam=\\E[?7l", "rmkx=\\E[?1l\\E>", "rmso=\\E[m$<2>", "rmul=\\E[m$<2>",
    "rs2=\\E<\\E>\\E[?3;4;5l\\E[?7;8h\\E[r", "sc=\\E7", "sgr=\\E[0%?%p1%p6%|%t;1%;%?%p2%t;4%;%?%p1%p3%|%t;7%;%?%p4%t;5%;m%?%p9%t\\016%e\\017%;$<2>",
    "sgr0=\\E[m\\017$<2>", "smacs=^N", "smam=\\E[?7h", "smkx=\\E[?1h\\E=", "smso=\\E[7m$<2>", "smul=\\E[4m$<2>", "tbc=\\E[3g",
};
constexpr std::string_view kVt220[] = {
    "am", "mir", "msgr", "xenl", "cols#80", "it#8", "lines#24", "acsc=``aaffggjjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~", "bel=^G", "blink=\\E[5m",
    "bold=\\E[1m", "civis=\\E[?25l", "clear=\\E[H\\E[J", "cnorm=\\E[?25h", "cr=\\r", "csr=\\E[%i%p1%d;%p2%dr", "cub=\\E[%p1%dD", "cub1=^H",
    "cud=\\E[%p1%dB", "cud1=\\n", "cuf=\\E[%p1%dC", "cuf1=\\E[C", "cup=\\E[%i%p1%d;%p2%dH", "cuu=\\E[%p1%dA", "cuu1=\\E[A", "dch=\\E[%p1%dP",
    "dch1=\\E[P", "dl=\\E[%p1%dM", "dl1=\\E[M", "ech=\\E[%p1%dX", "ed=\\E[J", "el=\\E[K", "el1=\\E[1K", "enacs=\\E)0", "flash=\\E[?5h$<200/>\\E[?5l",
    "home=\\E[H", "ht=^I", "ich=\\E[%p1%d@", "il=\\E[%p1%dL", "il1=\\E[L", "ind=\\ED", "is2=\\E[?7h\\E[>\\E[?1l\\E F\\E[?4l", "kbs=^H", "kcub1=\\E[D",
    "kcud1=\\E[B", "kcuf1=\\E[C", "kcuu1=\\E[A", "kdch1=\\E[3~", "kf1=\\EOP", "kf10=\\E[21~", "kf11=\\E[23~", "kf12=\\E[24~", "kf2=\\EOQ",
    "kf3=\\EOR", "kf4=\\EOS", "kf6=\\E[17~", "kf7=\\E[18~", "kf8=\\E[19~", "kf9=\\E[20~", "kich1=\\E[2~", "knp=\\E[6~", "kpp=\\E[5~", "rc=\\E8",
    "rev=\\E[7m", "ri=\\EM", "rmacs=\\E(B$<4>", "rmam=\\E[?7l", "rmir=\\E[4l", "rmso=\\E[27m", "rmul=\\E[24m", "rs1=\\E[?3l", "sc=\\E7",
    "sgr=\\E[0%?%p6%t;1%;%?%p2%t;4%;%?%p4%t;5%;%?%p1%p3%|%t;7%;m%?%p9%t\\E(0%e\\E(B%;$<2>", "sgr0=\\E[m\\E(B", "smacs=\\E(0$<2>", "smam=\\E[?7h",
    "smir=\\E[4h", "smso=\\E[7m", "smul=\\E[4m", "tbc=\\E[3g",
};
constexpr std::string_view kAnsi[] = {
    "am", "mir", "msgr", "colors#8", "cols#80", "it#8", "lines#24", "pairs#64",
    "acsc=+\\020\\,\\021-\\030.^Y0\\333`\\004a\\261f\\370g\\361h\\260j\\331k\\277l\\332m\\300n\\305o~p\\304q\\304r\\304s_t\\303u\\264v\\301w\\302x\\263y\\363z\\362{\\343|\\330}\\234~\\376",
    "bel=^G", "blink=\\E[5m", "bold=\\E[1m", "cbt=\\E[Z", "clear=\\E[H\\E[J", "cr=\\r", "cub=\\E[%p1%dD", "cub1=\\E[D", "cud=\\E[%p1%dB",
    "cud1=\\E[B", "cuf=\\E[%p1%dC", "cuf1=\\E[C", "cup=\\E[%i%p1%d;%p2%dH", "cuu=\\E[%p1%dA", "cuu1=\\E[A", "dch=\\E[%p1%dP", "dch1=\\E[P",
    "dl=\\E[%p1%dM", "dl1=\\E[M", "ech=\\E[%p1%dX", "ed=\\E[J", "el=\\E[K", "el1=\\E[1K", "home=\\E[H", "hpa=\\E[%i%p1%dG", "ht=\\E[I",
    "ich=\\E[%p1%d@", "il=\\E[%p1%dL", "il1=\\E[L", "ind=\\n", "indn=\\E[%p1%dS", "invis=\\E[8m", "kbs=^H", "kcub1=\\E[D", "kcud1=\\E[B",
    "kcuf1=\\E[C", "kcuu1=\\E[A", "khome=\\E[H", "kich1=\\E[L", "op=\\E[39;49m", "rep=%p1%c\\E[%p2%{1}%-%db", "rev=\\E[7m", "rin=\\E[%p1%dT",
    "rmacs=\\E[10m", "rmso=\\E[m", "rmul=\\E[m", "setab=\\E[4%p1%dm", "setaf=\\E[3%p1%dm",
    "sgr=\\E[0;10%?%p1%t;7%;%?%p2%t;4%;%?%p3%t;7%;%?%p4%t;5%;%?%p6%t;1%;%?%p7%t;8%;%?%p9%t;11%;m", "sgr0=\\E[0;10m", "smacs=\\E[11m", "smso=\\E[7m",
    "smul=\\E[4m", "tbc=\\E[3g", "vpa=\\E[%i%p1%dd",
};
constexpr std::string_view kRxvt[] = {
    "am", "bce", "km", "mir", "msgr", "xenl", "colors#8", "cols#80", "it#8", "lines#24", "pairs#64",
    "acsc=``aaffggjjkkllmmnnooppqqrrssttuuvvwwxxyyzz{{||}}~~", "bel=^G", "blink=\\E[5m", "bold=\\E[1m", "civis=\\E[?25l", "clear=\\E[H\\E[2J",
    "cnorm=\\E[?25h", "cr=\\r", "csr=\\E[%i%p1%d;%p2%dr", "cub=\\E[%p1%dD", "cub1=^H", "cud=\\E[%p1%dB", "cud1=\\n", "cuf=\\E[%p1%dC", "cuf1=\\E[C",
    "cup=\\E[%i%p1%d;%p2%dH", "cuu=\\E[%p1%dA", "cuu1=\\E[A", "dl=\\E[%p1%dM", "dl1=\\E[M", "ed=\\E[J", "el=\\E[K", "el1=\\E[1K", "enacs=\\E(B\\E)0",
    "flash=\\E[?5h\\E[?5l", "home=\\E[H", "hpa=\\E[%i%p1%dG", "ht=^I", "ich=\\E[%p1%d@", "ich1=\\E[@", "il=\\E[%p1%dL", "il1=\\E[L", "ind=\\n",
    "is2=\\E[r\\E[m\\E[2J\\E[H\\E[?7h\\E[?1;3;4;6l\\E[4l", "kbs=^?", "kcub1=\\E[D", "kcud1=\\E[B", "kcuf1=\\E[C", "kcuu1=\\E[A", "kdch1=\\E[3~",
    "kend=\\E[8~", "kf1=\\E[11~", "kf10=\\E[21~", "kf11=\\E[23~", "kf12=\\E[24~", "kf2=\\E[12~", "kf3=\\E[13~", "kf4=\\E[14~", "kf5=\\E[15~",
    "kf6=\\E[17~", "kf7=\\E[18~", "kf8=\\E[19~", "kf9=\\E[20~", "khome=\\E[7~", "kich1=\\E[2~", "knp=\\E[6~", "kpp=\\E[5~", "op=\\E[39;49m",
    "rc=\\E8", "rev=\\E[7m", "ri=\\EM", "rmacs=^O", "rmcup=\\E[2J\\E[?47l\\E8", "rmir=\\E[4l", "rmkx=\\E>", "rmso=\\E[27m", "rmul=\\E[24m",
    "rs1=\\E>\\E[1;3;4;5;6l\\E[?7h\\E[m\\E[r\\E[2J\\E[H", "rs2=\\E[r\\E[m\\E[2J\\E[H\\E[?7h\\E[?1;3;4;6l\\E[4l\\E=\\E[?1000l\\E[?25h", "sc=\\E7",
    "setab=\\E[4%p1%dm", "setaf=\\E[3%p1%dm", "sgr=\\E[0%?%p6%t;1%;%?%p2%t;4%;%?%p1%p3%|%t;7%;%?%p4%t;5%;m%?%p9%t\\016%e\\017%;", "sgr0=\\E[m\\017",
    "smacs=^N", "smcup=\\E7\\E[?47h", "smir=\\E[4h", "smkx=\\E=", "smso=\\E[7m", "smul=\\E[4m", "tbc=\\E[3g", "vpa=\\E[%i%p1%dd",
};
// clang-format on

constexpr Terminal kTerminals[] = {
    {"dumb", "80-column dumb tty", kDumb},
    {"xterm", "xterm terminal emulator (X Window System)", kXterm},
    {"xterm-256color", "xterm with 256 colors", kXterm256color},
    {"screen", "VT 100/ANSI X3.64 virtual terminal", kScreen},
    {"screen-256color", "GNU Screen with 256 colors", kScreen256color},
    {"tmux", "tmux terminal multiplexer", kTmux},
    {"tmux-256color", "tmux with 256 colors", kTmux256color},
    {"linux", "Linux console", kLinux},
    {"vt100", "DEC VT100 (w/advanced video)", kVt100},
    {"vt220", "DEC VT220", kVt220},
    {"ansi", "ansi/pc-term compatible with color", kAnsi},
    {"rxvt", "rxvt terminal emulator (X Window System)", kRxvt},
};

}  // namespace

const Terminal* find_terminal(std::string_view name) {
  for (const Terminal& t : kTerminals)
    if (t.name == name) return &t;
  return nullptr;
}

char capability_kind(std::string_view name) {
  for (const Terminal& t : kTerminals) {
    for (std::string_view c : t.capabilities) {
      if (!c.starts_with(name)) continue;
      std::string_view rest = c.substr(name.size());
      if (rest.empty()) return 'f';
      if (rest[0] == '=') return 's';
      if (rest[0] == '#') return 'n';
    }
  }
  return 0;
}

size_t parameter_count(std::string_view name) {
  size_t most = 0;
  for (const Terminal& t : kTerminals) {
    for (std::string_view c : t.capabilities) {
      if (!c.starts_with(name) || c.substr(name.size(), 1) != "=") continue;
      for (size_t i = 0; (i = c.find("%p", i)) != std::string_view::npos && i + 2 < c.size(); i++) {
        if (c[i + 2] >= '1' && c[i + 2] <= '9') most = std::max(most, static_cast<size_t>(c[i + 2] - '0'));
      }
    }
  }
  return most;
}

}  // namespace nacre
