/// tsort - topological sort.
/// Source: GNU coreutils 9.1 manual, "tsort invocation"; POSIX XCU tsort.
/// Differs: none known.
#include <deque>
#include <map>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: tsort [OPTION] [FILE]\n"
    "Write totally ordered list consistent with the partial ordering in FILE.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "      --help       display this help and exit\n"
    "      --version    output version information and exit\n";

struct Item {
  std::string name;
  size_t before = 0;                ///< items that must come before it and have not yet
  std::deque<Item*> after;          ///< the latest relation first
  Item* loop = nullptr;
  bool done = false;
};

class Sorter {
 public:
  Sorter(Process& p, std::string file) : p_(p), file_(std::move(file)), out_(p) {}

  int run(Input& in) {
    if (!read(in)) return 1;
    size_t left = items_.size();
    while (left > 0) {
      std::deque<Item*> ready;
      for (auto& [name, item] : items_)
        if (item.before == 0 && !item.done) ready.push_back(&item), item.done = true;
      while (!ready.empty()) {
        Item* item = ready.front();
        ready.pop_front();
        out_.line(item->name);
        left--;
        p_.tick();
        for (Item* next : item->after)
          if (--next->before == 0) ready.push_back(next), next->done = true;
      }
      if (left == 0) break;
      out_.flush();
      p_.warn("%s: input contains a loop:", quote_name(p_, file_).c_str());
      status_ = 1;
      break_loop();
    }
    return out_.finish(status_);
  }

 private:
  bool read(Input& in) {
    Item* first = nullptr;
    std::string word;
    bool more = true;
    while (more) {
      std::string_view block = in.block();
      more = !block.empty();
      auto take = [&] {
        if (word.empty()) return;
        Item* item = &items_.try_emplace(word, Item{word, 0, {}, nullptr, false}).first->second;
        p_.charge_memory(word.size() + 128);
        word.clear();
        if (!first) {
          first = item;
          return;
        }
        if (first != item) {
          first->after.push_front(item);
          item->before++;
        }
        first = nullptr;
      };
      for (char c : block) {
        if (c == ' ' || c == '\t' || c == '\n') take();
        else word += c;
      }
      in.consume(block.size());
      if (!more) take();
    }
    if (in.error() != Errno::OK) {
      p_.warn(in.error(), "%s", "read error");
      return false;
    }
    if (!first) return true;
    p_.warn("%s: input contains an odd number of tokens", quote_name(p_, file_).c_str());
    return false;
  }

  // Walks the items in their order again and again, each time to one that comes before what was
  // walked to last, until one comes up twice: the loop is named, and its last relation taken away.
  void break_loop() {
    Item* at = nullptr;
    for (;;) {
      for (auto& [name, item] : items_) {
        if (item.before == 0) continue;
        if (!at) {
          at = &item;
          continue;
        }
        for (size_t k = 0; k < item.after.size(); k++) {
          if (item.after[k] != at) continue;
          if (item.loop) {
            name_loop(at, item, k);
            return;
          }
          item.loop = at;
          at = &item;
          break;
        }
        p_.tick();
      }
    }
  }

  void name_loop(Item* at, Item& item, size_t k) {
    while (at) {
      Item* next = at->loop;
      p_.warn("%s", at->name.c_str());
      if (at == &item) {
        item.after[k]->before--;
        item.after.erase(item.after.begin() + static_cast<long>(k));
        break;
      }
      at->loop = nullptr;
      at = next;
    }
    for (auto& [name, other] : items_) other.loop = nullptr;
  }

  Process& p_;
  std::string file_;
  Output out_;
  std::map<std::string, Item> items_;
  int status_ = 0;
};

int tsort_main(Process& p) {
  std::vector<std::string> files;
  if (auto status = parse_plain(p, kUsage, files)) return *status;
  if (files.size() > 1) return extra_operand(p, files[1]);
  std::string file = files.empty() ? "-" : files[0];
  auto in = open_input(p, file);
  return in ? Sorter(p, file).run(*in) : 1;
}

}  // namespace

Command tsort_command() { return {{"tsort"}, kUsage, tsort_main}; }

}  // namespace nacre
