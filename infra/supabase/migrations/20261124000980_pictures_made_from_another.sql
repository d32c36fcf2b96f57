-- A picture that is made from another one: what may be its source.

create function croquis.no_such_image() returns croquis.refusal
language sql immutable
as $$
  select (404, 'no_such_image',
    'There is no such image.',
    'Check the id; list yours with GET /v1/models/{model_id}/images.')::croquis.refusal
$$;
comment on function croquis.no_such_image is
  'Of an image that is not there, was removed, or is somebody else''s.';

create function croquis.why_not_made_from(source public.images) returns croquis.refusal
language sql stable
as $$
  select case
    when source.removed_at is not null then croquis.no_such_image()
    when source.shown_decision = 'refuse' then (409, 'refused_by_shown_person',
      'The person shown has refused this picture.',
      'Choose another one; only they can approve it, behind their link.')::croquis.refusal
    when source.status <> 'saved' then (409, 'image_not_saved',
      format('This image is %s; only of saved ones another is made.', source.status),
      'Read its order until it is saved.')::croquis.refusal
  end
$$;
comment on function croquis.why_not_made_from is
  'Why no other picture may be made from this one; null if one may. Asked when it is ordered, and again before the POST.';

create function croquis.source_of_caller(image uuid) returns public.images
language plpgsql
as $$
declare
  source public.images;
begin
  perform croquis.signed_in();
  select * into source from public.images i where i.id = image and public.may_act(i.owner_id) for share;
  if source.id is null then
    perform croquis.refuse(croquis.no_such_image());
  end if;
  return source;
end
$$;
comment on function croquis.source_of_caller is
  'The picture from which the caller wants another one made, held as it is. One that the caller may not act for is refused '
  'like one that does not exist (AS-07).';
