// select. Source: bash manual 3.2.5.2.
#include "base/utf8.h"
#include "shell/scopes.h"
#include "shell/shell.h"

namespace nacre {
namespace {

std::string padded(const std::string& s, size_t width) {
  size_t n = utf8::length(s);
  return n < width ? s + std::string(width - n, ' ') : s;
}

/// The menu in columns that fit COLUMNS, numbers right-aligned.
std::string menu(const std::vector<std::string>& items, size_t columns) {
  size_t longest = 0;
  for (const std::string& s : items) longest = std::max(longest, utf8::length(s));
  size_t digits = std::to_string(items.size()).size();
  size_t width = longest + digits + 2 + 2;
  size_t across = std::max<size_t>(1, columns / width);
  size_t rows = (items.size() + across - 1) / across;
  size_t real = (items.size() + rows - 1) / rows;
  std::string out;
  if (rows == 1) rows = items.size(), real = 1;
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < real; c++) {
      size_t i = c * rows + r;
      if (i >= items.size()) break;
      std::string number = std::to_string(i + 1);
      std::string cell = std::string(digits - number.size(), ' ') + number + ") " + items[i];
      bool last = (c + 1) * rows + r >= items.size() || c + 1 == real;
      out += last ? cell : padded(cell, width);
    }
    out += '\n';
  }
  return out;
}

}  // namespace

Flow Shell::run_select(const ir::For& c) {
  std::vector<std::string> list;
  if (!c.has_in) list = positional();
  else {
    for (const ir::Word* w : c.words) if (!expander_.fields(*w, &list)) return fail_expansion();
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
    if (parse_arith_number(text, &n, &why) && n >= 1 && static_cast<size_t>(n) <= list.size()) chosen = list[static_cast<size_t>(n) - 1];
    if (!expander_.assign(c.name, chosen)) return Flow::Discard;
    Flow flow = run_list(*c.body);
    if (after_body(flow)) return flow;
    reply = expander_.value_of(sym::kREPLY);
    show = reply && reply->empty();
  }
}

}  // namespace nacre
