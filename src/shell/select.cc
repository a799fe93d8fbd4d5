// select. Source: bash manual 3.2.5.2.
#include "base/utf8.h"
#include "shell/scopes.h"
#include "shell/shell.h"
#include "syntax/print.h"

namespace nacre {
namespace {

/// From one column to another, by tabs where they fit.
std::string gap(size_t from, size_t to) {
  std::string out;
  while (from < to) {
    bool tab = to / 8 > from / 8;
    out += tab ? '\t' : ' ';
    from = tab ? from - from % 8 + 8 : from + 1;
  }
  return out;
}

/// The menu in columns that fit COLUMNS, numbers right-aligned.
std::string menu(const std::vector<std::string>& items, size_t columns) {
  size_t longest = 0, count = items.size();
  for (const std::string& s : items) longest = std::max(longest, utf8::length(s));
  size_t digits = std::to_string(count).size();
  size_t width = longest + digits + 2 + 2;
  size_t across = std::max<size_t>(1, columns / width);
  size_t rows = (count + across - 1) / across;
  if (rows == 1) rows = count;
  // The first column is as wide as its own numbers.
  size_t first_digits = std::to_string(rows).size();
  std::string out;
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = row, at = 0; i < count; i += rows, at += width) {
      std::string number = std::to_string(i + 1);
      size_t places = at == 0 ? first_digits : digits;
      out += std::string(places - number.size(), ' ') + number + ") " + items[i];
      if (i + rows < count) out += gap(at + utf8::length(items[i]) + places + 2, at + width);
    }
    out += '\n';
  }
  return out;
}

}  // namespace

Flow Shell::run_select(const ir::For& c) {
  if (Flow f = debug_trap(c); f != Flow::Next || skips()) return f;
  if (state_.options[Option::XTrace]) trace(print_head(*c.ast));
  std::vector<std::string> list;
  if (!c.has_in) list = positional();
  else {
    for (const ir::Word* w : c.words)
      if (!expander_.fields(*w, &list)) return fail_expansion();
  }
  if (list.empty()) {
    set_status(0);
    return Flow::Next;
  }
  size_t columns = 80;
  if (const std::string* v = expander_.value_of(sym::kCOLUMNS); v && !v->empty()) columns = static_cast<size_t>(std::max(1, std::atoi(v->c_str())));
  Raised depth(loop_depth_);
  bool show = true;
  while (true) {
    if (show) (void)process_->write(2, menu(list, columns));
    const std::string* ps3 = expander_.value_of(sym::kPS3);
    (void)process_->write(2, ps3 ? *ps3 : "#? ");
    Args read_args;
    read_args.words = {"read"};
    (void)run_builtin(*find_builtin("read"), read_args, {}, {});
    if (state_.last_status != 0) {
      (void)process_->write(1, "\n");
      set_status(1);
      return Flow::Next;
    }
    const std::string* reply = expander_.value_of(sym::kREPLY);
    std::string text = reply ? *reply : "";
    show = text.empty();
    if (show) continue;
    std::string chosen;
    int64_t n = 0;
    const char* why;
    text.erase(0, text.find_first_not_of(" \t\n"));
    text.erase(text.find_last_not_of(" \t\n") + 1);
    if (parse_arith_number(text, &n, &why) && n >= 1 && static_cast<size_t>(n) <= list.size()) chosen = list[static_cast<size_t>(n) - 1];
    if (!expander_.assign(c.name, chosen)) return Flow::Discard;
    Flow flow = run_list(*c.body);
    if (after_body(flow)) return flow;
    reply = expander_.value_of(sym::kREPLY);
    show = reply && reply->empty();
  }
}

}  // namespace nacre
