#include "commands/pr/pages.h"

#include <algorithm>

#include "algo/unicode.h"
#include "commands/quoting.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr int kHeaderLines = 5, kFooterLines = 5;
constexpr int kStandardTab = 8;

int to_next_stop(int tab, int position) { return tab - position % tab; }

}  // namespace

Pager::Pager(Process& p, const PrOptions& options, std::vector<std::string> files, Output& out) : p_(p), o_(options), files_(std::move(files)), out_(out) {}

bool Pager::set_up() {
  body_ = o_.length - kHeaderLines - kFooterLines;
  if (body_ <= 0) {
    o_.headers = false;
    o_.keep_form_feeds = true;
  }
  if (!o_.headers) body_ = o_.length;
  if (o_.double_space) body_ /= 2;
  storing_ = !o_.merge && !o_.across && o_.columns > 1;
  if (o_.columns > 1) {
    if (!o_.has_separator) {
      o_.separator = o_.join ? "\t" : " ";
      o_.has_separator = true;
    } else if (!o_.join && o_.separator.starts_with('\t')) {
      o_.separator = " " + o_.separator.substr(1);   // a tab would not keep columns aligned
    }
    o_.truncate = true;
    if (o_.separator != "\t") o_.expand = true;
    o_.tabify = true;
  }
  if (o_.join) o_.truncate = false;
  int beside = 0;
  if (o_.numbered) {
    number_width_ = o_.number_digits + (o_.number_separator == '\t' ? to_next_stop(kStandardTab, o_.number_digits) : 1);
    if (o_.merge) beside = number_width_;
  }
  int64_t useful = int64_t{o_.width} - beside - (o_.columns - 1) * static_cast<int64_t>(o_.separator.size());
  column_width_ = static_cast<int>(useful / o_.columns);
  if (useful < 0 || column_width_ < 1) {
    p_.warn("page width too narrow");
    too_narrow_ = true;
    return false;
  }
  return true;
}

bool Pager::open_files() {
  auto open = [&](const std::string& name) -> std::shared_ptr<Feed> {
    auto feed = std::make_shared<Feed>();
    feed->name = name;
    if (name == "-") {
      feed->in = std::make_unique<Input>(p_, 0, "-", false);
      return feed;
    }
    auto fd = p_.open(name, kOpenRead);
    if (!fd) {
      failed_ = true;
      out_.flush();
      if (!o_.quiet_opens) p_.warn(fd.error(), "%s", quote_name(p_, name).c_str());
      return nullptr;
    }
    feed->in = std::make_unique<Input>(p_, *fd, name);
    return feed;
  };
  if (o_.merge) {
    for (const auto& name : files_)
      if (auto feed = open(name)) columns_.push_back({feed});
    if (columns_.empty()) return false;
    o_.columns = static_cast<int>(columns_.size());
    set_header("", nullptr);
  } else {
    auto feed = open(files_.empty() ? "-" : files_[0]);
    if (!feed) return false;
    for (int i = 0; i < o_.columns; i++) columns_.push_back({feed});
    set_header(feed->name, feed->name == "-" ? nullptr : feed->in.get());
  }
  open_ = o_.merge ? static_cast<int>(columns_.size()) : 1;
  return true;
}

void Pager::set_header(const std::string& name, Input* in) {
  Timespec time = p_.now();
  if (in)
    if (auto st = p_.fstat(in->fd())) time = st->mtime;
  title_ = o_.header ? *o_.header : in ? name : "";
  date_ = format_time(o_.date_format, process_zone(p_).local(time.sec), time.sec, time.nsec);
}

// ---- input

Pager::Piece Pager::next_piece(Column& c) {
  Feed& f = *c.feed;
  if (!f.inside) {
    if (!f.in->next_line(f.line)) {
      failed_ = report_read_error(p_, *f.in) || failed_;
      return {{}, Ends::File};
    }
    f.unfinished = !f.in->terminated();
  }
  std::string_view text = f.line;
  size_t feed = text.find('\f');
  if (feed == std::string_view::npos) {
    f.inside = false;
    return {text, f.unfinished ? Ends::File : Ends::Newline};
  }
  // A newline right after the form feed belongs to it.
  f.line = text.substr(feed + 1);
  f.inside = !f.line.empty();
  return {text.substr(0, feed), Ends::FormFeed};
}

void Pager::leave(Column& c, State state) {
  if (o_.merge) {
    if (c.state == State::Closed) return;
    c.state = state;
    c.left = 0;
  } else {
    if (state == State::Closed && c.state == State::Closed) return;
    for (auto& q : columns_) {
      q.state = state == State::OnHold && storing_ ? State::FormFeed : state;
      if (state == State::OnHold || q.stored == 0) q.left = 0;
    }
  }
  open_--;
}

/// One character as it is printed, at `position` of its line, which it moves.
int Pager::clump(char c, int& position, std::string& out) const {
  auto byte = static_cast<unsigned char>(c);
  size_t before = out.size();
  int width = 1;
  auto octal = [&] {
    out += '\\';
    for (int shift = 6; shift >= 0; shift -= 3) out += static_cast<char>('0' + (byte >> shift & 7));
    return 4;
  };
  if (c == o_.input_tab || c == '\t') {
    width = to_next_stop(c == o_.input_tab ? o_.input_tab_width : kStandardTab, position);
    if (o_.expand) out.append(static_cast<size_t>(width), ' ');
    else out += c;
  } else if (byte >= 0x20 && byte < 0x7f) {
    out += c;
  } else if (o_.octal) {
    width = octal();
  } else if (o_.caret && byte < 0x80) {
    out += '^';
    out += static_cast<char>(byte ^ 0x40);
    width = 2;
  } else if (o_.caret) {
    width = octal();
  } else {
    width = c == '\b' ? -1 : 0;
    out += c;
  }
  if (width < 0 && position == 0) out.resize(before);   // nowhere to go back to
  else position = std::max(0, position + width);
  return width;
}

std::string Pager::number_text() {
  char text[32];
  int n = std::snprintf(text, sizeof text, "%lld", static_cast<long long>(static_cast<int32_t>(line_number_++)));
  std::string digits(text, static_cast<size_t>(n));
  auto width = static_cast<size_t>(o_.number_digits);
  // High digits are the ones to lose.
  std::string out = digits.size() >= width ? digits.substr(digits.size() - width) : std::string(width - digits.size(), ' ') + digits;
  if (o_.columns > 1 && o_.number_separator == '\t') out.append(static_cast<size_t>(number_width_ - o_.number_digits), ' ');
  else out += o_.number_separator;
  return out;
}

void Pager::render(const Column& c, std::string_view text, Cell& cell) {
  int position = 0;
  bool first = true;
  // The number takes its part of the column once a first character has been found to fit.
  int taken = c.numbered && o_.truncate && !o_.merge ? number_width_ : 0;
  std::string body;
  for (char ch : text) {
    int before = position;
    size_t length = body.size();
    clump(ch, position, body);
    if (o_.truncate && position > column_width_) {
      if (first) {
        cell.kind = Cell::Kind::NoRoom;
        return;
      }
      position = before;
      body.resize(length);
      break;
    }
    if (first) position += taken;
    first = false;
  }
  if (first) position = taken;
  if (c.numbered) cell.text = number_text();
  cell.text += body;
  cell.width = position;
}

void Pager::read_cell(Column& c, Cell& cell) {
  p_.tick();
  cell = {};
  Piece piece = next_piece(c);
  if (piece.ends == Ends::FormFeed && piece.text.empty() && c.full_page) piece = next_piece(c);   // the page was over anyway
  c.full_page = false;
  cell.after = piece.ends == Ends::Newline ? State::Open : piece.ends == Ends::FormFeed ? State::OnHold : State::Closed;
  if (piece.text.empty() && piece.ends != Ends::Newline) cell.kind = piece.ends == Ends::FormFeed ? Cell::Kind::FormFeed : Cell::Kind::End;
  else render(c, piece.text, cell);
}

// ---- pages that are not printed

void Pager::skip_line(Column& c, bool first_column, bool last_line) {
  p_.tick();
  Piece piece = next_piece(c);
  if (piece.ends == Ends::FormFeed && piece.text.empty() && c.full_page) piece = next_piece(c);
  bool feed_only = piece.ends == Ends::FormFeed && piece.text.empty();
  c.full_page = last_line;
  if (piece.ends == Ends::FormFeed) {
    if (last_line) {
      c.full_page = false;
      if (!o_.merge)
        for (auto& q : columns_) q.full_page = false;
    }
    leave(c, State::OnHold);
  } else if (piece.ends == Ends::File) {
    leave(c, State::Closed);
  }
  if (o_.count_skipped && (!o_.merge || first_column) && !feed_only) line_number_++;
}

bool Pager::skip_pages() {
  for (uint64_t n = 1; n < o_.first_page; n++) {
    for (int line = 1; line <= std::max(body_, 1); line++) {
      for (auto& c : columns_)
        if (c.state == State::Open) skip_line(c, &c == &columns_[0], line >= body_);
    }
    if (storing_)
      for (auto& c : columns_)
        if (c.state != State::Closed) c.state = State::OnHold;
    wake();
    if (open_ >= 1) continue;
    out_.flush();
    p_.warn("starting page number %llu exceeds page count %llu", static_cast<unsigned long long>(o_.first_page), static_cast<unsigned long long>(n));
    return false;
  }
  page_number_ = o_.first_page;
  return true;
}

// ---- pages

int Pager::ready() const {
  return static_cast<int>(std::count_if(columns_.begin(), columns_.end(), [&](const Column& c) {
    return c.state == State::Open || c.state == State::FormFeed || (storing_ && c.stored > 0 && c.left > 0);
  }));
}

void Pager::wake() {
  for (auto& c : columns_) {
    if (c.state != State::OnHold) continue;
    c.state = State::Open;
    open_++;
  }
  if (storing_) open_ = columns_[0].state == State::Closed ? 0 : 1;
}

/// Columns down: reads as much as a page holds and shares it out evenly.
void Pager::fill_store() {
  store_.clear();
  for (auto& c : columns_) c.stored = 0;
  for (auto& c : columns_) {
    for (int line = 0; line < body_ && open_ > 0; line++) {
      if (c.state != State::Open) continue;
      Cell cell;
      read_cell(c, cell);
      bool keep = cell.kind == Cell::Kind::Text || (cell.kind == Cell::Kind::NoRoom && cell.after == State::Open);
      if (keep) c.stored++;
      if (cell.after != State::Open) {
        feed_due_ = feed_due_ || (cell.after == State::OnHold && o_.keep_form_feeds);
        leave(c, cell.after);
      }
      if (keep) {
        p_.charge_memory(cell.text.size());
        store_.push_back(std::move(cell));
      }
    }
  }
  size_t share = store_.size() / columns_.size(), more = store_.size() % columns_.size(), first = 0;
  for (size_t i = 0; i < columns_.size(); i++) {
    columns_[i].stored = share + (i < more);
    columns_[i].next = first;
    first += columns_[i].stored;
  }
}

bool Pager::prepare_page() {
  if (storing_) {
    fill_store();
    for (auto& c : columns_) c.left = static_cast<int>(c.stored);
  } else {
    for (auto& c : columns_) c.left = c.state == State::Open ? body_ : 0;
  }
  return ready() > 0;
}

void Pager::print_header() {
  if (!header_due_) return;
  header_due_ = false;
  position_ = 0;
  pad_to(o_.margin);
  write_blanks();
  std::string page = "Page " + std::to_string(page_number_++);
  auto columns = [&](const std::string& s) { return static_cast<int64_t>(text_width(s, p_.utf8())); };
  int64_t room = std::max<int64_t>(0, o_.width - columns(date_) - columns(title_) - columns(page));
  auto blanks = [](int64_t n) { return std::string(static_cast<size_t>(std::max<int64_t>(n, 1)), ' '); };
  out_.write("\n\n" + std::string(static_cast<size_t>(o_.margin), ' ') + date_ + blanks(room / 2) + title_ + blanks(room - room / 2) + page + "\n\n\n");
  position_ = 0;
}

bool Pager::page() {
  if (!prepare_page()) return false;
  if (o_.headers) header_due_ = true;
  vertical_ = false;
  bool any_vertical = false;
  left_on_page_ = body_ * (o_.double_space ? 2 : 1);
  while (left_on_page_ > 0 && ready() > 0) {
    row(any_vertical);
    if (vertical_) {
      out_.put('\n');
      left_on_page_--;
    }
    if (ready() <= 0 && !o_.headers) break;
    if (o_.double_space && any_vertical) {
      out_.put('\n');
      left_on_page_--;
    }
  }
  if (left_on_page_ == 0)
    for (auto& c : columns_)
      if (c.state == State::Open) c.full_page = true;
  vertical_ = any_vertical;
  if (vertical_ && o_.headers) {
    if (o_.form_feed) out_.put('\f');
    else
      for (int n = left_on_page_ + kFooterLines; n > 0; n--) out_.put('\n');
  } else if (o_.keep_form_feeds && feed_due_) {
    out_.put('\f');
    feed_due_ = false;
  }
  if (storing_)
    for (const auto& cell : store_) p_.release_memory(cell.text.size());
  if (!o_.headers) page_number_++;
  if (o_.last_page < page_number_) return false;
  wake();
  return true;
}

void Pager::row(bool& any_vertical) {
  position_ = blanks_ = pending_separators_ = 0;
  vertical_ = align_empty_ = false;
  empty_row_ = true;
  for (auto& c : columns_) {
    if (c.left > 0 || c.state == State::FormFeed) {
      only_feed_ = false;
      padding_ = c.start;
      if (!storing_) direct_cell(c);
      else stored_cell(c);
      any_vertical = any_vertical || vertical_;
      if (--c.left <= 0 && ready() <= 0) break;
      if (o_.merge && c.state != State::Open) {
        if (empty_row_) align_empty_ = true;
        else if (c.state == State::Closed || (c.state == State::OnHold && only_feed_)) empty_cell(c);
      }
    } else if (o_.merge) {
      if (empty_row_) align_empty_ = true;
      else empty_cell(c);
    }
    if (o_.has_separator) pending_separators_++;
  }
}

/// Where a file of -m has no more lines, those after it keep their place.
void Pager::empty_cell(Column& c) {
  padding_ = c.start;
  int separator = static_cast<int>(o_.separator.size());
  if (separator < padding_) {
    pad_to(padding_ - separator);
    padding_ = 0;
  }
  if (o_.has_separator) separators();
  if (c.numbered)
    for (char ch : number_text()) put(ch);
}

void Pager::direct_cell(Column& c) {
  Cell cell;
  read_cell(c, cell);
  if (cell.kind == Cell::Kind::FormFeed) {
    only_feed_ = true;
    if (header_due_) {
      vertical_ = true;
      print_header();
    } else if (o_.keep_form_feeds) {
      feed_due_ = true;
    }
  } else if (cell.kind == Cell::Kind::Text) {
    vertical_ = true;
    print_header();
    int separator = static_cast<int>(o_.separator.size());
    if (o_.merge && align_empty_) {
      int before = std::exchange(pending_separators_, 0);
      for (int i = 0; i < before; i++) {
        empty_cell(columns_[static_cast<size_t>(i)]);
        pending_separators_++;
      }
      padding_ = c.start;
      blanks_ = o_.truncate ? column_width_ : 0;
      align_empty_ = false;
    }
    if (separator < padding_) {
      pad_to(padding_ - separator);
      padding_ = 0;
    }
    if (o_.has_separator) separators();
    std::string_view text = cell.text;
    if (c.numbered) {
      size_t n = static_cast<size_t>(o_.columns > 1 && o_.number_separator == '\t' ? number_width_ : o_.number_digits + 1);
      for (char ch : text.substr(0, n)) put(ch);
      if (o_.columns == 1 && o_.number_separator == '\t') position_ += to_next_stop(o_.output_tab_width, position_);
      text.remove_prefix(std::min(n, text.size()));
    }
    empty_row_ = false;
    for (char ch : text) put(ch);
    if (cell.after == State::OnHold && o_.keep_form_feeds) feed_due_ = true;
  } else if (cell.kind == Cell::Kind::NoRoom && cell.after == State::OnHold && o_.keep_form_feeds) {
    feed_due_ = true;
  }
  if (cell.after != State::Open) leave(c, cell.after);
}

bool Pager::stored_cell(Column& c) {
  vertical_ = true;
  print_header();
  if (c.state == State::FormFeed) {
    for (auto& q : columns_) q.state = State::OnHold;
    if (columns_[0].left <= 0) {
      if (!o_.headers) vertical_ = false;
      return true;   // a header alone
    }
  }
  if (c.next >= store_.size()) return true;
  const Cell& cell = store_[c.next++];
  int separator = static_cast<int>(o_.separator.size());
  if (separator < padding_) {
    pad_to(padding_ - separator);
    padding_ = 0;
  }
  if (o_.has_separator) separators();
  for (char ch : cell.text) put(ch);
  if (blanks_ == 0) {
    position_ = c.start + cell.width;
    if (c.start - separator == o_.margin) position_ -= separator;
  }
  return true;
}

// ---- a row

void Pager::put(char c) {
  if (o_.tabify) {
    if (c == ' ') {
      blanks_++;
      return;
    }
    if (blanks_ > 0) write_blanks();
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) position_++;
    else if (c == '\b') position_--;
  }
  out_.put(c);
}

void Pager::pad_to(int column) {
  if (o_.tabify) {
    blanks_ = column - position_;
    return;
  }
  for (int at = position_; at < column; at++) out_.put(' ');
  position_ = column;
}

void Pager::write_blanks() {
  int at = position_, goal = position_ + blanks_;
  for (int stop; goal - at > 1 && (stop = at + to_next_stop(o_.output_tab_width, at)) <= goal; at = stop) out_.put(o_.output_tab);
  for (; at < goal; at++) out_.put(' ');
  position_ = goal;
  blanks_ = 0;
}

void Pager::separators() {
  if (pending_separators_ <= 0 && blanks_ > 0) write_blanks();
  for (; pending_separators_ > 0; pending_separators_--) {
    for (char c : o_.separator) {
      if (c == ' ') {
        blanks_++;
        continue;
      }
      if (blanks_ > 0) write_blanks();
      out_.put(c);
      position_++;
    }
    if (blanks_ > 0) write_blanks();
  }
}

bool Pager::run() {
  if (o_.merge && files_.empty()) o_.merge = false;
  if (o_.merge) o_.columns = static_cast<int>(files_.size());
  // A file that cannot be opened does not make the others' columns wider.
  if (!set_up()) return false;
  if (!open_files()) return !failed_;
  int separator = static_cast<int>(o_.separator.size());
  int at = o_.margin;   // where the text of a column begins
  for (size_t i = 0; i < columns_.size(); i++) {
    Column& c = columns_[i];
    c.numbered = o_.numbered && (!o_.merge || i == 0);
    // The first has no separator before it, but is placed as if it had one.
    c.start = i == 0 ? at + separator : o_.truncate ? at : 0;
    at += column_width_ + separator + (i == 0 && o_.merge && o_.numbered ? number_width_ : 0);
  }
  line_number_ = o_.first_number;
  if (o_.first_page > 1 && !skip_pages()) return !failed_;
  while (page()) {
  }
  return !failed_;
}

}  // namespace nacre
