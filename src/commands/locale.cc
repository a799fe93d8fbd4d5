/// locale - what the environment says of the locale.
/// Source: glibc 2.36 locale(1); POSIX XCU locale.
/// Differs: C and C.UTF-8 are all there is, and keywords are those of their character set, numbers,
/// messages and dates.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: locale [OPTION...] NAME...\n"
    "Get locale-specific information.\n\n"
    "  -a, --all-locales        write names of available locales\n"
    "  -m, --charmaps           write names of available charmaps\n"
    "  -c, --category-name      write names of selected categories\n"
    "  -k, --keyword-name       write names of selected keywords\n"
    "      --help               display this help and exit\n"
    "      --version            output version information and exit\n";

struct Options {
  bool all = false, charmaps = false, category = false, keyword = false;
};
constexpr Flag<Options> kFlags[] = {{'a', "all-locales", &Options::all},
                                    {'m', "charmaps", &Options::charmaps},
                                    {'c', "category-name", &Options::category},
                                    {'k', "keyword-name", &Options::keyword}};

constexpr const char* kCategories[] = {"LC_CTYPE", "LC_NUMERIC", "LC_TIME",    "LC_COLLATE",   "LC_MONETARY",    "LC_MESSAGES",
                                       "LC_PAPER", "LC_NAME",    "LC_ADDRESS", "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION"};

/// Text values are shown in quotes with -k; "" in `text` and a charmap of its own are filled in.
struct Keyword {
  const char *category, *name, *text;
  bool quoted;
};
constexpr Keyword kKeywords[] = {
    {"LC_CTYPE", "charmap", nullptr, true},
    {"LC_NUMERIC", "decimal_point", ".", true},
    {"LC_NUMERIC", "thousands_sep", "", true},
    {"LC_NUMERIC", "grouping", "-1", false},
    {"LC_NUMERIC", "numeric-decimal-point-wc", "46", false},
    {"LC_NUMERIC", "numeric-thousands-sep-wc", "0", false},
    {"LC_NUMERIC", "numeric-codeset", nullptr, true},
    {"LC_TIME", "abday", "Sun;Mon;Tue;Wed;Thu;Fri;Sat", true},
    {"LC_TIME", "day", "Sunday;Monday;Tuesday;Wednesday;Thursday;Friday;Saturday", true},
    {"LC_TIME", "abmon", "Jan;Feb;Mar;Apr;May;Jun;Jul;Aug;Sep;Oct;Nov;Dec", true},
    {"LC_TIME", "mon", "January;February;March;April;May;June;July;August;September;October;November;December", true},
    {"LC_TIME", "am_pm", "AM;PM", true},
    {"LC_TIME", "d_t_fmt", "%a %b %e %H:%M:%S %Y", true},
    {"LC_TIME", "d_fmt", "%m/%d/%y", true},
    {"LC_TIME", "t_fmt", "%H:%M:%S", true},
    {"LC_TIME", "t_fmt_ampm", "%I:%M:%S %p", true},
    {"LC_MESSAGES", "yesexpr", "^[yY]", true},
    {"LC_MESSAGES", "noexpr", "^[nN]", true},
    {"LC_MESSAGES", "yesstr", "", true},
    {"LC_MESSAGES", "nostr", "", true},
    {"LC_MESSAGES", "messages-codeset", nullptr, true},
};

void environment(Process& p, Output& out) {
  auto value = [&](const char* name) {
    const char* v = p.getenv(name);
    return std::string(v ? v : "");
  };
  std::string all = value("LC_ALL"), lang = value("LANG");
  out.line("LANG=" + lang);
  out.line("LANGUAGE=" + value("LANGUAGE"));
  for (const char* category : kCategories) {
    // In quotes: not set itself, but by LC_ALL or LANG.
    std::string own = value(category);
    if (!all.empty()) out.line(std::string(category) + "=\"" + all + "\"");
    else if (!own.empty()) out.line(std::string(category) + "=" + own);
    else out.line(std::string(category) + "=\"" + (lang.empty() ? "POSIX" : lang) + "\"");
  }
  out.line("LC_ALL=" + all);
}

void keyword(Process& p, const Keyword& k, const Options& o, Output& out) {
  std::string text = k.text ? k.text : p.utf8() ? "UTF-8" : "ANSI_X3.4-1968";
  if (o.keyword) out.line(std::string(k.name) + (k.quoted ? "=\"" + text + "\"" : "=" + text));
  else out.line(text);
}

int locale_main(Process& p) {
  Options o;
  std::vector<std::string> names;
  if (auto status = parse(p, kUsage, kFlags, o, names, {.error_status = 64, .try_text = "Try `locale --help' or `locale --usage' for more information.\n"}))
    return *status;
  Output out(p);
  if (o.all || o.charmaps) {
    out.write(o.all ? "C\nC.utf8\nPOSIX\n" : "ANSI_X3.4-1968\nUTF-8\n");
    return out.finish(0);
  }
  if (names.empty()) {
    environment(p, out);
    return out.finish(0);
  }
  for (const auto& name : names) {
    bool found = false;
    for (const Keyword& k : kKeywords) {
      if (name != k.name && name != k.category) continue;
      if (o.category && !found) out.line(k.category);
      found = true;
      keyword(p, k, o, out);
    }
    if (found) continue;
    out.flush();
    p.warn("unknown name \"%s\"", name.c_str());
    return 1;
  }
  return out.finish(0);
}

}  // namespace

Command locale_command() { return {{"locale"}, kUsage, locale_main}; }

}  // namespace nacre
