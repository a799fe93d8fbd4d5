/// Comments find their nodes.
#include "commands/yq/yaml_comments.h"

#include "algo/unicode.h"

namespace nacre::yq {
namespace {

constexpr uint32_t kNoColumn = UINT32_MAX;

bool in_block(const Node* parent) { return parent && parent->style != Style::Flow; }

// Column of what begins the entry of a collection: the key's, or the dash's. From 0.
uint32_t entry_column(const Node* n) { return (n->parent->seq() ? n->parent->column : n->column) - 1; }

void add(std::string& to, std::string_view text) {
  if (!to.empty()) to += '\n';
  to += text;
}

class Attacher {
 public:
  Attacher(std::string_view text, Node* root) : text_(text), root_(root) {}

  void gap(size_t from, size_t to, const Token* prior, const Token* next) {
    if (text_.substr(from, to - from).find('#') == text_.npos) return;
    from_ = from;
    to_ = to;
    prior_ = prior;
    next_ = next;
    block_.clear();
    size_t at = from;
    if (prior || from > 0) at = first_line();
    lines(at);
  }

 private:
  size_t line_end(size_t at) const { return std::min(text_.find('\n', at), to_); }

  // The rest of the line on which the content before ended.
  size_t first_line() {
    size_t end = line_end(from_), hash = text_.substr(from_, end - from_).find('#');
    if (hash != text_.npos && text_[from_] != '%') {
      std::string_view comment = trimmed(text_.substr(from_ + hash, end - from_ - hash));
      bool dash = prior_ && text_.substr(from_, hash).find('-') != text_.npos && !prior_->node->is_key;
      if (prior_ && prior_->type != Token::Type::Open && !dash) add(prior_->node->note().line, comment);
      else if (!prior_ && next_ == nullptr) add(root_->note().head, comment);
      else head(comment, end);
    }
    return end < to_ ? end + 1 : to_;
  }

  void lines(size_t at) {
    bool first_empty = true, recent_empty = false, ended = true;
    size_t number = 0;
    uint32_t indent = inner_column();
    for (; at < to_; number++) {
      size_t end = line_end(at);
      std::string_view line = text_.substr(at, end - at);
      size_t start = line.find_first_not_of(" \t\r");
      uint32_t column = start == line.npos ? 0 : static_cast<uint32_t>(start);
      if (start == line.npos) {
        if (end == to_ && next_) {   // the blanks before the next content
          column = static_cast<uint32_t>(line.size());
          ended = false;
          if (!block_.empty() && column < indent && column != block_column_) foot();
          break;
        }
        if (!recent_empty) blank(first_empty, indent);
        first_empty = false;
        recent_empty = true;
      } else if (line[start] == '#') {
        if (!block_.empty() && column < indent && column != block_column_) foot();
        if (block_.empty()) {
          block_column_ = column;
          block_line_ = number;
        } else {
          block_ += '\n';
        }
        block_ += trimmed(line.substr(start));
        block_end_ = end;
        recent_empty = false;
      } else if (line[start] != '%') {
        if (!block_.empty() && column < indent && column != block_column_) foot();
        flush_head();
        size_t hash = line.find(" #");
        if (hash != line.npos) head(trimmed(line.substr(hash)), end);
        first_empty = false;
      }
      at = end + 1;
    }
    if (block_.empty()) return;
    if (next_ && next_->type == Token::Type::Close) return foot();
    if (next_) return flush_head();
    if (ended && first_empty) blank(first_empty, indent);
    while (!block_.empty() && block_.back() == '\n') block_.pop_back();
    if (!block_.empty()) add(root_->note().foot, block_);
    block_.clear();
  }

  // An empty line, or the end of all, after comments: those right below content are its foot.
  void blank(bool first, uint32_t indent) {
    if (block_.empty()) return;
    bool below = block_line_ == 0 && prior_ && prior_->type != Token::Type::Open && !open_key();
    if (first && prior_ && (below || block_column_ < indent)) return foot();
    block_ += '\n';
  }

  // The content before is a key whose value has not begun.
  bool open_key() const { return prior_ && prior_->node->is_key; }

  // Indentation of the innermost block collection that the content before is in.
  uint32_t inner_column() const {
    if (!prior_) return 0;
    for (const Node* n = prior_->node; n->parent; n = n->parent)
      if (in_block(n->parent)) return entry_column(n->parent->map() && n->key ? n->key : n);
    return 0;
  }

  void foot() {
    while (!block_.empty() && block_.back() == '\n') block_.pop_back();
    Node* at = prior_ ? prior_->node : root_;
    Node* outermost = at;
    Node* found = nullptr;
    for (Node* n = at; n->parent; n = n->parent) {
      if (!in_block(n->parent)) continue;
      Node* entry = n->key ? n->key : n;
      outermost = entry;
      if (entry_column(entry) > block_column_) continue;
      found = entry;
      break;
    }
    add((found ? found : outermost)->note().foot, block_);
    block_.clear();
  }

  void flush_head() {
    if (!block_.empty()) head(block_, block_end_);
    block_.clear();
  }

  // Comments above what comes next: of the outermost thing that begins there.
  void head(std::string_view comment, size_t end) {
    Node* n = next_ ? next_->node : root_;
    std::string_view rest = end < to_ ? text_.substr(end, to_ - end) : std::string_view();
    bool climbed = false;
    for (size_t i = rest.size(); i-- > 0;) {
      if (rest[i] != '-' || (i > 0 && !ascii_space(rest[i - 1])) || (i + 1 < rest.size() && !ascii_space(rest[i + 1]))) continue;
      Node* item = climbed ? n->parent : n;
      while (item && item->parent && !(item->parent->seq() && in_block(item->parent))) item = item->parent;
      if (!item || !item->parent) break;
      n = item;
      climbed = true;
    }
    add(n->note().head, comment);
  }

  std::string_view text_;
  Node* root_;
  size_t from_ = 0, to_ = 0;
  const Token* prior_ = nullptr;
  const Token* next_ = nullptr;
  std::string block_;             ///< comment lines not given to anyone yet
  uint32_t block_column_ = kNoColumn;
  size_t block_line_ = 0, block_end_ = 0;
};

// `|- # text`: the comment of a block scalar's first line.
void block_header(std::string_view text, const Token& t) {
  if (t.node->style != Style::Literal && t.node->style != Style::Folded) return;
  std::string_view line = text.substr(t.begin, std::min(text.find('\n', t.begin), t.end) - t.begin);
  size_t hash = line.find(" #");
  if (hash != line.npos) add(t.node->note().line, trimmed(line.substr(hash)));
}

}  // namespace

void attach_comments(std::string_view text, size_t from, size_t to, const std::vector<Token>& tokens, Node* root) {
  Attacher attacher(text, root);
  const Token* prior = nullptr;
  size_t at = from;
  for (const Token& t : tokens) {
    if (t.begin > at) attacher.gap(at, t.begin, prior, &t);
    if (t.type == Token::Type::Scalar) block_header(text, t);
    at = std::max(at, t.end);
    prior = &t;
  }
  if (to > at) attacher.gap(at, to, prior, nullptr);
}

}  // namespace nacre::yq
