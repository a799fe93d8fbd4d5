// join: records of two files with equal keys. The right file is held in memory.
#include <unordered_map>

#include "algo/unicode.h"
#include "commands/xan/flags.h"

namespace nacre::xan {
namespace {

struct JoinOptions : Options {
  bool left = false, right = false, full = false, semi = false, anti = false, cross = false, ignore_case = false, nulls = false;
  std::string prefix_left, prefix_right;
};
constexpr Flag<JoinOptions> kFlags[] = {NACRE_XAN_FLAGS(JoinOptions),
                                        {0, "left", &JoinOptions::left},
                                        {0, "right", &JoinOptions::right},
                                        {0, "full", &JoinOptions::full},
                                        {0, "semi", &JoinOptions::semi},
                                        {0, "anti", &JoinOptions::anti},
                                        {0, "cross", &JoinOptions::cross},
                                        {'i', "ignore-case", &JoinOptions::ignore_case},
                                        {0, "nulls", &JoinOptions::nulls},
                                        {'L', "prefix-left", &JoinOptions::prefix_left},
                                        {'R', "prefix-right", &JoinOptions::prefix_right}};

class Join {
 public:
  Join(Process& p, const JoinOptions& o, Table& left, Table& right, Output& out) : p_(p), o_(o), left_(left), right_(right), w_(out) {}

  int run(const std::vector<size_t>& left_key, const std::vector<size_t>& right_key) {
    csv::Record r;
    while (right_.next(r)) {
      rows_.emplace_back(r.begin(), r.end());
      if (auto key = key_of(r, right_key)) index_[*key].push_back(rows_.size() - 1);
    }
    std::vector<bool> used(rows_.size());
    const bool whole = !o_.semi && !o_.anti;
    if (!o_.no_headers) header(whole);
    while (left_.next(r)) {
      auto key = key_of(r, left_key);
      auto hit = key ? index_.find(*key) : index_.end();
      if (o_.cross) {
        for (const csv::Row& row : rows_) put(&r, &row);
      } else if (!whole) {
        if ((hit != index_.end()) == o_.semi) w_.row(r);
      } else if (hit == index_.end()) {
        if (o_.left || o_.full) put(&r, nullptr);
      } else {
        for (size_t i : hit->second) {
          p_.tick();
          put(&r, &rows_[i]);
          used[i] = true;
        }
      }
    }
    if (o_.right || o_.full)
      for (size_t i = 0; i < rows_.size(); i++)
        if (!used[i]) put(nullptr, &rows_[i]);
    return left_.status() | right_.status();
  }

 private:
  /// nullopt: an empty key, which joins nothing.
  std::optional<std::string> key_of(const csv::Record& r, const std::vector<size_t>& columns) {
    std::string key;
    bool any = false;
    for (size_t i : columns) {
      any |= !r[i].empty();
      std::string field = o_.ignore_case ? lower(r[i], true) : std::string(r[i]);
      key += std::to_string(field.size()) + ":" + field;
    }
    if (!any && !o_.nulls) return std::nullopt;
    return key;
  }

  void header(bool whole) {
    w_.begin();
    for (const std::string& name : left_.headers()) w_.field(o_.prefix_left + name);
    if (whole)
      for (const std::string& name : right_.headers()) w_.field(o_.prefix_right + name);
    w_.end();
  }

  void put(const csv::Record* left, const csv::Row* right) {
    w_.begin();
    for (size_t i = 0; i < left_.width(); i++) w_.field(left ? (*left)[i] : std::string_view());
    for (size_t i = 0; i < right_.width(); i++) w_.field(right ? std::string_view((*right)[i]) : std::string_view());
    w_.end();
  }

  Process& p_;
  const JoinOptions& o_;
  Table &left_, &right_;
  csv::Writer w_;
  std::vector<csv::Row> rows_;
  std::unordered_map<std::string, std::vector<size_t>> index_;
};

int join(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  JoinOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (o.left + o.right + o.full + o.semi + o.anti + o.cross > 1) return fail(p, "join: only one kind of join at a time");
  // COLUMNS FILE FILE, COLUMNS FILE COLUMNS FILE; --cross: FILE FILE.
  std::vector<std::string> w = o.operands;
  if (o.cross && w.size() == 2) w = {"*", w[0], "*", w[1]};
  else if (w.size() == 3) w = {w[0], w[1], w[0], w[2]};
  if (w.size() < 4) return missing_operand(p);
  if (w.size() > 4) return extra_operand(p, w[4]);
  auto left = Table::open(p, o, w[1]);
  auto right = left ? Table::open(p, o, w[3]) : nullptr;
  Sink sink(p, o);
  if (!right || !sink.good()) return 1;
  auto a = select_columns(p, left->headers(), w[0], o.no_headers);
  auto b = a ? select_columns(p, right->headers(), w[2], o.no_headers) : std::nullopt;
  if (!b) return 1;
  if (!o.cross && a->size() != b->size())
    return fail(p, "join: the two selections have different numbers of columns (" + std::to_string(a->size()) + " and " + std::to_string(b->size()) + ")");
  int status = Join(p, o, *left, *right, sink.out()).run(*a, *b);
  return sink.finish(status);
}

}  // namespace

constexpr Sub kJoin{"join",
                    "Usage: xan join [OPTION]... COLUMNS FILE1 [COLUMNS2] FILE2\nJoin records with equal fields in these columns.\n\n      --left, --right, "
                    "--full   keep also what has no partner in FILE1, FILE2, both\n      --semi, --anti            only records of FILE1 that have one, or "
                    "none\n      --cross                   each with each\n  -i, --ignore-case\n      --nulls                   empty fields are equal to each "
                    "other\n  -L, --prefix-left TEXT        before the names of FILE1's columns\n  -R, --prefix-right TEXT       the same for FILE2\n",
                    join};

}  // namespace nacre::xan
