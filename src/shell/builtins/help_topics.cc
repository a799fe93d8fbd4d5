#include "shell/builtins/help_topics.h"

namespace nacre {
namespace {

constexpr HelpTopic kTopics[] = {
    {"%", "job_spec [&]",
     "Brings a job to the foreground, like fg; with & it goes on in the background, like bg.\n"
     "%N is job N, %NAME the one whose command begins with NAME, %?TEXT the one that contains TEXT."},
    {"(( ... ))", "(( expression ))", "Evaluates an arithmetic expression; the status is 0 if its value is not zero, else 1."},
    {"[[ ... ]]", "[[ expression ]]",
     "Tests an expression; its words are neither split nor taken as pathnames.\n"
     "The operators of test, and: == and != match a pattern, =~ a regular expression, < and > compare\n"
     "strings; ! && || and parentheses combine tests. What is quoted on the right is taken literally."},
    {"case", "case WORD in [PATTERN [| PATTERN]...) COMMANDS ;;]... esac",
     "Runs the commands of the first clause with a pattern that matches WORD.\n"
     "A clause that ends in ;& goes on with the commands of the next one, in ;;& with the tests after it."},
    {"coproc", "coproc [NAME] command [redirections]",
     "Starts a command in the background with pipes to its input and output.\n"
     "The array NAME (COPROC) holds the descriptors: [0] to read from it, [1] to write to it; NAME_PID its process id."},
    {"for", "for NAME [in WORDS ... ] ; do COMMANDS; done",
     "Runs commands once for each word, with NAME set to it; without `in', for each positional parameter."},
    {"for ((", "for (( exp1; exp2; exp3 )); do COMMANDS; done",
     "Evaluates exp1 once; as long as exp2 is not zero, runs the commands and evaluates exp3.\n"
     "An expression left out counts as 1."},
    {"function", "function name { COMMANDS ; } or name () { COMMANDS ; }",
     "Defines a function: NAME then runs the commands, with its arguments as positional parameters."},
    {"if", "if COMMANDS; then COMMANDS; [ elif COMMANDS; then COMMANDS; ]... [ else COMMANDS; ] fi",
     "Runs the commands after the first condition that succeeds, or those after `else'."},
    {"select", "select NAME [in WORDS ... ;] do COMMANDS; done",
     "Shows the words as a numbered menu on standard error, reads a choice, sets NAME to the word and\n"
     "REPLY to the line, and runs the commands; again until `break' or the end of input."},
    {"time", "time [-p] pipeline",
     "Runs a pipeline and tells how long it took: real time, and time of the processor.\n"
     "TIMEFORMAT shapes the report; -p asks for that of POSIX."},
    {"until", "until COMMANDS; do COMMANDS-2; done", "Runs COMMANDS-2 as long as COMMANDS fails."},
    {"variables", "variables - Names and meanings of some shell variables",
     "Variables the shell sets or looks at, among others:\n"
     "  BASH_VERSION  the language level           CDPATH   where cd searches\n"
     "  HISTFILE, HISTSIZE  history                HOME     the home directory\n"
     "  IFS     separators of words                LINENO   the current line\n"
     "  PATH    where commands are searched        PS1, PS2, PS4  prompts, prefix of set -x\n"
     "  PWD, OLDPWD  directories                   RANDOM, SECONDS, EPOCHREALTIME  new at each use\n"
     "  SHELLOPTS, BASHOPTS  options that are on   TIMEFORMAT  the report of `time'"},
    {"while", "while COMMANDS; do COMMANDS-2; done", "Runs COMMANDS-2 as long as COMMANDS succeeds."},
    {"{ ... }", "{ COMMANDS ; }", "Groups commands, so that redirections and operators apply to all of them. No new process."},
};

}  // namespace

std::span<const HelpTopic> keyword_topics() { return kTopics; }

}  // namespace nacre
