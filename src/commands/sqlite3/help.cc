// What .help says.
#include <cstring>

#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

// A line that begins with a dot opens an entry; the ones below it are shown when one command is asked about.
constexpr const char* kHelp[] = {
    ".auth ON|OFF             Show what each statement wants to do",
    ".backup ?DB? FILE        Copy database DB (\"main\") into FILE",
    ".bail on|off             Stop at the first error, or not (the default)",
    ".binary on|off           Nothing: output is always as it is",
    ".cd DIRECTORY            Change the working directory",
    ".changes on|off          Show how many rows each statement changed",
    ".check GLOB              Fail if what came since .testcase does not match",
    ".clone NEWDB             Copy the content into a new database, table by table",
    ".connection [close] [#]  Go to, or close, one of five connections",
    ".databases               Names and files of the attached databases",
    ".dbconfig ?op? ?val?     Settings of the connection",
    ".dump ?OBJECTS?          The database as SQL",
    "   Options:",
    "     --data-only            Only INSERT statements",
    "     --newlines             Newlines in texts stay as they are",
    "     --nosys                No system tables",
    "     --preserve-rowids      With the rowids",
    "   OBJECTS are LIKE patterns of names",
    ".echo on|off             Show what is run, or not",
    ".eqp on|off|full|...     Explain the plan of each query before it runs",
    ".exit ?CODE?             Leave, with status CODE",
    ".explain ?on|off|auto?   Layout for EXPLAIN.  Default: auto",
    ".fullschema ?--indent?   The schema and what ANALYZE found",
    ".headers on|off          Names of columns above results, or not",
    ".help ?-all? ?PATTERN?   This text, or the part about PATTERN",
    ".import FILE TABLE       Import data from FILE into TABLE",
    "   Options:",
    "     --ascii               Use \\037 and \\036 as column and row separators",
    "     --csv                 Use , and \\n as column and row separators",
    "     --skip N              Skip the first N rows of input",
    "     --schema S            Target table to be S.TABLE",
    "     -v                    \"Verbose\" - increase auxiliary output",
    "   Notes:",
    "     *  If TABLE does not exist, it is created.  The first row of input",
    "        determines the column names.",
    "     *  If neither --csv or --ascii are used, the input mode is derived",
    "        from the \".mode\" output mode",
    "     *  If FILE begins with \"|\" then it is a command that generates the",
    "        input text.",
    ".indexes ?TABLE?         Names of indexes",
    ".limit ?LIMIT? ?VAL?     Show or set a limit of the library",
    ".log FILE|off            Messages of the library go to FILE, stdout or stderr",
    ".mode MODE ?OPTIONS?     How results are shown",
    "   MODE is one of:",
    "     ascii      Columns/rows delimited by 0x1F and 0x1E",
    "     box        Tables using unicode box-drawing characters",
    "     column     Output in columns.  (See .width)",
    "     csv        Comma-separated values",
    "     html       HTML <table> code",
    "     insert     SQL insert statements for TABLE",
    "     json       Results in a JSON array",
    "     line       One value per line",
    "     list       Values delimited by \"|\"",
    "     markdown   Markdown table format",
    "     qbox       Shorthand for \"box --wrap 60 --quote\"",
    "     quote      Escape answers as for SQL",
    "     table      ASCII-art table",
    "     tabs       Tab-separated values",
    "     tcl        TCL list elements",
    "   OPTIONS for columnar modes: --wrap N, --wordwrap on|off, --ww, --quote, --noquote",
    ".nonce STRING            Lift -safe for one command, if it is the nonce",
    ".nullvalue STRING        What stands for NULL",
    ".once FILE               Output of the next statement to FILE or |COMMAND",
    ".open ?OPTIONS? ?FILE?   Close the database and open FILE (--new, --readonly, --nofollow)",
    ".output ?FILE?           Send output to FILE or stdout if FILE is omitted",
    "   If FILE begins with '|' then open it as a pipe.",
    "   Options:",
    "     --bom                 Prefix output with a UTF8 byte-order mark",
    ".parameter CMD ...       Values of parameters such as :x, @x, $x and ?1",
    "   clear                   Remove all",
    "   init                    Make the table temp.sqlite_parameters that holds them",
    "   list                    Show all",
    "   set PARAMETER VALUE     Set one; VALUE is an SQL expression, or text",
    "   unset PARAMETER         Remove one",
    ".print STRING...         Print the words",
    ".progress N              Say so after each N steps",
    "   --limit N                Interrupt after N times",
    "   --once                   Only once",
    "   --quiet|-q               Without a word",
    "   --reset                  Count anew for each limit",
    ".prompt MAIN CONTINUE    Other prompts",
    ".quit                    Leave",
    ".read FILE               Read input from FILE",
    ".restore ?DB? FILE       Fill DB (\"main\") with the content of FILE",
    ".save FILE               The same as .backup",
    ".scanstats on|off        Not in this build",
    ".schema ?PATTERN?        The CREATE statements of names like PATTERN",
    "   Options: --indent, --nosys",
    ".selftest ?OPTIONS?      Run the tests in the table SELFTEST",
    "   --init                   Make them, from what is there",
    "   -v                       With their results",
    ".separator COL ?ROW?     Change the separators",
    ".sha3sum ...             A SHA3 digest of the content",
    "   --schema                 With the schema",
    "   --sha3-224 -256 -384 -512  Its size",
    "   Another argument is a LIKE pattern of tables",
    ".shell CMD ARGS...       Run CMD in the sandbox's shell",
    ".show                    The present settings",
    ".stats ?on|off?          Numbers about each statement",
    ".system CMD ARGS...      The same as .shell",
    ".tables ?TABLE?          Names of tables like TABLE",
    ".testcase NAME           Output goes to testcase-out.txt, for .check",
    ".timeout MS              Wait so long for locked tables",
    ".timer on|off            Show the time each statement takes",
    ".trace FILE ?OPTIONS?    Statements are shown as they run",
    "   --expanded, --plain      With the values of parameters, without",
    "   --stmt --profile --row --close  When",
    ".width NUM1 NUM2 ...     Least widths of columns; negative: to the right",
};

}  // namespace

bool print_help(Shell& sh, const std::string& about, bool all, bool) {
  bool found = false, inside = false;
  for (const char* line : kHelp) {
    if (*line == '.') {
      std::string_view name(line + 1, strcspn(line + 1, " "));
      std::string_view asked = about;
      if (asked.starts_with('.')) asked.remove_prefix(1);
      inside = about.empty() || name.starts_with(asked);
      found |= inside;
      if (inside) sh.print(std::string(line) + "\n");
    } else if (inside && all) {
      sh.print(std::string(line) + "\n");
    }
  }
  return found;
}

}  // namespace nacre::sqlite
