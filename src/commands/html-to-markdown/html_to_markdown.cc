/// html-to-markdown - read HTML, write Markdown.
/// There is no tool to agree with: source are CommonMark 0.30 and GitHub's tables,
/// strikethrough and task lists. Each input is read whole, since HTML needs its end.
#include "algo/html_markdown.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: html-to-markdown [OPTION]... [FILE]...\n"
    "Write HTML from FILEs, or standard input, as Markdown.\n\n"
    "  -b, --base-url=URL   resolve relative links and images against URL\n"
    "  -s, --select=WHAT    only the elements that are WHAT: a tag, #id or .class\n"
    "  -m, --body-only      leave out nav, header, footer and aside\n"
    "  -t, --title          begin with the page's title as a heading\n"
    "  -w, --wrap=N         break the lines of paragraphs at N columns\n"
    "      --no-links       only the text of links\n"
    "      --no-images      no images\n"
    "      --help           display this help and exit\n"
    "      --version        output version information and exit\n";

constexpr Flag<MarkdownOptions> kFlags[] = {
    {'b', "base-url", &MarkdownOptions::base_url},
    {'s', "select", &MarkdownOptions::select},
    {'m', "body-only", &MarkdownOptions::body_only},
    {'t', "title", &MarkdownOptions::title},
    {'w', "wrap",
     +[](Process& p, MarkdownOptions& o, std::string_view v) -> std::optional<int> {
       auto n = parse_int(v);
       if (!n || *n < 0) {
         p.warn("invalid number of columns: '%s'", std::string(v).c_str());
         return 1;
       }
       o.wrap = static_cast<size_t>(*n);
       return std::nullopt;
     }},
    {0, "no-links", +[](MarkdownOptions& o) { o.links = false; }},
    {0, "no-images", +[](MarkdownOptions& o) { o.images = false; }},
};

int html_to_markdown_main(Process& p) {
  MarkdownOptions o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  Output out(p);
  bool first = true;
  int status = for_each_input(p, files, [&](Input& in) {
    std::string_view html = in.all();
    if (in.error() != Errno::OK) return true;   // told by for_each_input
    p.check_memory(html.size() * 24);   // about what the tree takes; the allocator counts what it does
    std::string text, error;
    bool good = html_to_markdown(html, o, &text, &error);
    p.tick(static_cast<uint32_t>(1 + html.size() / 64));
    if (!good) {
      p.warn("%s: %s", in.name().c_str(), error.c_str());
      return false;
    }
    if (!first && !text.empty()) out.put('\n');
    first = first && text.empty();
    out.write(text);
    return true;
  });
  return out.finish(status);
}

}  // namespace

Command html_to_markdown_command() { return {{"html-to-markdown"}, kUsage, html_to_markdown_main, MessageName::Short}; }

}  // namespace nacre
