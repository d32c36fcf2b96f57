-- What Python knows too, each once in SQL; tests/sql/test_parameters.py holds the two equal.

create function croquis.photo_types() returns text[]
language sql immutable parallel safe
return array['image/jpeg', 'image/png', 'image/webp', 'image/heic', 'image/heif'];
comment on function croquis.photo_types is
  'The types of file that a photo may be announced as.';

create function croquis.max_photo_bytes() returns int
language sql immutable parallel safe
return 25000000;
comment on function croquis.max_photo_bytes is
  'The most that a file with a photo may have.';

create function croquis.most_garments() returns int
language sql immutable parallel safe
return 6;
comment on function croquis.most_garments is
  'How many garments are worn together at most.';

create function croquis.covers(category public.garment_category) returns text[]
language sql immutable parallel safe
return case category
  when 'upper' then array['torso']
  when 'lower' then array['legs']
  when 'dress' then array['torso', 'legs']
  when 'outerwear' then array['outside']
  when 'shoes' then array['feet']
  when 'bag' then array['hand']
  when 'hat' then array['head']
  when 'accessory' then '{}'::text[]
end;
comment on function croquis.covers is
  'What of a person a garment of this category takes up: two that share something are not worn together.';

create function croquis.override_of(code text) returns public.override
language sql immutable parallel safe
return case
  when code in ('rotated', 'head_cut', 'feet_cut', 'person_too_small', 'blurred') then 'click'::public.override
  when code = 'no_person' then 'declaration'
  else 'never'  -- several_people: the others have not agreed; and whatever says that the file is no usable photo
end;
comment on function croquis.override_of is
  'What it takes to use a photo although a finding with this code blocks it; what is not known here is never overridden.';

create function croquis.seconds_around_training() returns int
language sql immutable parallel safe
return 100;
comment on function croquis.seconds_around_training is
  'What a run is expected to take from submit to review besides the training itself.';

create function croquis.seconds_of_image() returns int
language sql immutable parallel safe
return 45;
comment on function croquis.seconds_of_image is
  'What an image is expected to take where too few were made to know.';

create function croquis.fewest_finished() returns int
language sql immutable parallel safe
return 9;
comment on function croquis.fewest_finished is
  'Of how many that were finished an expectation is made.';

create function croquis.most_executions() returns int
language sql immutable parallel safe
return 4;
comment on function croquis.most_executions is
  'How often a run or an image may be started: once, and three times by the sweep.';

create function croquis.most_images_in_download() returns int
language sql immutable parallel safe
return 200;
comment on function croquis.most_images_in_download is
  'How many images one ZIP may hold.';

create function croquis.most_cells() returns int
language sql immutable parallel safe
return 200;
comment on function croquis.most_cells is
  'How many cells the looks and columns of a look-book may make.';

create function croquis.most_usd_of_look_book() returns numeric
language sql immutable parallel safe
return 1000;
comment on function croquis.most_usd_of_look_book is
  'The largest budget that a look-book may have.';

create function croquis.largest_face_to_repair() returns int
language sql immutable parallel safe
return 640;
comment on function croquis.largest_face_to_repair is
  'The longest side, in pixels, of what is cut out around a face to be made anew: of more, enlarging it gains nothing.';
