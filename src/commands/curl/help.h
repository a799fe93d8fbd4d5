/// help: what curl --help and --version print.
#pragma once

namespace nacre::curl {

inline constexpr char kHelp[] =
    "Usage: curl [options...] <url>\n"
    " -A, --user-agent NAME      send this User-Agent\n"
    " -b, --cookie NAME=VALUE    send a cookie; FILE: those of a file, and what servers set\n"
    " -c, --cookie-jar FILE      write the cookies there afterwards\n"
    "     --compressed           ask for a compressed answer\n"
    "     --connect-timeout S    seconds for connecting\n"
    "     --create-dirs          make the directories of -o\n"
    " -d, --data DATA            POST DATA (@FILE: its content without newlines)\n"
    "     --data-binary DATA     the same, as it is\n"
    "     --data-raw DATA        @ has no meaning\n"
    "     --data-urlencode DATA  encoded\n"
    " -D, --dump-header FILE     write the headers there\n"
    " -e, --referer URL\n"
    " -f, --fail                 status 22 for answers of 400 and above, without their text\n"
    "     --fail-with-body       the same, with it\n"
    " -F, --form NAME=CONTENT    POST a form (=@FILE, =<FILE, ;type=, ;filename=)\n"
    " -G, --get                  data goes into the URL\n"
    " -H, --header LINE          another header (@FILE)\n"
    " -I, --head                 only the headers\n"
    " -i, --include              the headers too\n"
    " -j, --junk-session-cookies  without those of FILE that end with a session\n"
    "     --json DATA            POST JSON\n"
    " -k, --insecure             no check of certificates, where the policy allows it\n"
    " -L, --location             follow redirects\n"
    "     --max-redirs N         at most N (50)\n"
    " -m, --max-time S           seconds for everything\n"
    " -o, --output FILE          write there\n"
    "     --output-dir DIR       directory for -o and -O\n"
    " -O, --remote-name          write to a file named as in the URL\n"
    " -r, --range RANGE          only these bytes\n"
    "     --retry N              try again after passing errors (--retry-delay, --retry-max-time,\n"
    "                            --retry-all-errors, --retry-connrefused)\n"
    " -s, --silent               no messages\n"
    " -S, --show-error           with -s: messages after all\n"
    " -T, --upload-file FILE     PUT it\n"
    " -u, --user USER:PASSWORD\n"
    " -v, --verbose              show the headers of both sides\n"
    " -w, --write-out FORMAT     afterwards: %{http_code} and so on\n"
    " -X, --request METHOD\n"
    "What may be reached is the sandbox's network policy.\n";
inline constexpr char kVersion[] = "curl 7.88.1 (nacre)\nProtocols: http https\n";

}  // namespace nacre::curl
