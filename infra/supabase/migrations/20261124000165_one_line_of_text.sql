-- What somebody wrote and others read: a provider, a trainer, a person. One line of plain text, as Python has it
-- (domain/short_text.py) and whatever the database's locale is, because the Data API is a door too.

create function croquis.blanks() returns text
language sql immutable parallel safe
return E'\t\n\u000b\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a'
  '\u2028\u2029\u202f\u205f\u3000';
comment on function croquis.blanks is
  'Every character that Python takes for white space.';

create function croquis.is_plain(line text) returns boolean
language sql immutable parallel safe
return line !~ E'[\u0001-\u001f\u007f-\u009f\u2028\u2029]';
comment on function croquis.is_plain is
  'Whether a text is one line without control characters; null of null.';

create function croquis.is_line(line text, most int) returns boolean
language sql immutable parallel safe
return croquis.is_plain(line) and char_length(line) <= most and btrim(line, croquis.blanks()) <> '';
comment on function croquis.is_line is
  'Whether a text is one plain line of 1 to so many characters that are not all blank; null of null.';

create function croquis.need_prompt(prompt text) returns void
language plpgsql
as $$
begin
  if croquis.is_line(prompt, 4000) is not true then
    perform croquis.refuse(422, 'bad_prompt',
      'A prompt must be one line of plain text of 1 to 4,000 characters.',
      'Send it without line breaks and control characters.');
  end if;
end
$$;
comment on function croquis.need_prompt is
  'Refuses what no provider is given as a prompt.';
